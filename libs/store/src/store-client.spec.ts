import { MessageChannel } from 'node:worker_threads';
import { emptyBatch } from './store';
import { StoreClient } from './store-client';
import type { ClientReply, CommitRequest } from './writer-messages';

const result = { written: [], evicted: [], erased: [], refused: [], storedBytes: 7 };

describe('a client that is led to another writer', () => {
  it('before it hears that the last one is gone, does not wait for its answers, nor take them for others', async () => {
    const before = new MessageChannel();
    const client = new StoreClient(before.port1);
    const lost = client.commit(emptyBatch);
    await new Promise((resolve) => before.port2.once('message', resolve));
    const after = new MessageChannel();
    client.attach(after.port1);
    await expect(lost).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    before.port2.postMessage({ type: 'results', results: [{ ...result, storedBytes: 1 }] } satisfies ClientReply);
    after.port2.on('message', ({ batches }: CommitRequest) => {
      const results = batches.map(() => result);
      after.port2.postMessage({ type: 'results', results } satisfies ClientReply);
    });
    expect(await client.commit(emptyBatch)).toMatchObject({ storedBytes: 7 });
    await client.close();
    before.port1.close();
  });
});
