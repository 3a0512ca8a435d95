import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { TestContent } from './content.testing';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { MemoryStore } from './memory-store';
import { type Batch, type StoreReader, type StoreWriter, type SwarmSummary, emptyBatch } from './store';
import { SwarmIndex } from './swarm-index';
import { SwarmTeller } from './swarm-teller';
import type { ClientReply } from './writer-messages';

const contents = Array.from(
  { length: 7 },
  (_, seed) => new TestContent(seed + 1, { chunkCount: 64 * 3, chunkSize: 1024 }),
);

/** Room for about half of it, so that swarms leave unasked. */
const options = { capacityBytes: 1024 * 1024, probationBytes: 300_000, judgement: { seed: 1, swarmShareMax: 1 } };

/** Fewer than there are swarms: transactions come between the beginning and the end. */
const atOnceMax = 2;

const anyWrite = fc.record({ number: fc.nat(6), index: fc.nat(2), block: fc.boolean(), sized: fc.boolean() });
const anyBatch = fc.record({
  erase: fc.array(fc.record({ number: fc.nat(6), index: fc.option(fc.nat(2), { nil: undefined }) }), { maxLength: 2 }),
  touched: fc.array(fc.record({ number: fc.nat(6), index: fc.nat(2) }), { maxLength: 3 }),
  writes: fc.array(anyWrite, { maxLength: 4 }),
});
type Plan = typeof anyBatch extends fc.Arbitrary<infer Value> ? Value : never;

const anyStep = fc.oneof(
  { weight: 12, arbitrary: fc.array(anyBatch, { minLength: 1, maxLength: 2 }) },
  { weight: 3, arbitrary: fc.constantFrom('sweep' as const, 'follow' as const, 'reopen' as const) },
  { weight: 4, arbitrary: fc.constant('slice' as const) },
);

function contentOf(number: number): TestContent {
  const content = contents[number];
  if (content === undefined) throw new RangeError('there is no such content');
  return content;
}

function batchOf({ erase, touched, writes }: Plan): Batch {
  return {
    erase: erase.map(({ number, index }) => {
      const { swarmId } = contentOf(number);
      return index === undefined ? { swarmId } : { swarmId, index };
    }),
    touched: touched.map(({ number, index }) => ({ swarmId: contentOf(number).swarmId, index })),
    writes: writes.map(({ number, index, block, sized }) => {
      const content = contentOf(number);
      const write = content.write([index], block ? [content.block(1, 0)] : []);
      return sized ? { ...write, record: { ...write.record, contentBytes: 64 * 3 * 1024 - 5 } } : write;
    }),
  };
}

/** A writer whose news one index hears. */
class Told {
  writer: StoreWriter;
  readonly index = new SwarmIndex();
  /** Between the beginning and the end of all. */
  listing = true;
  private teller: SwarmTeller;
  private port: { postMessage(reply: ClientReply): void };

  constructor(
    private readonly open: () => StoreWriter,
    readonly reader: StoreReader,
  ) {
    this.writer = open();
    this.teller = new SwarmTeller(this.writer.records, atOnceMax);
    this.port = this.listen();
    this.teller.begin(this.port);
  }

  apply(step: readonly Plan[] | 'sweep', now: number): void {
    if (step === 'sweep') this.writer.sweep();
    else this.writer.commit(step.map(batchOf), now);
    this.teller.tellChanges();
  }

  /** As when the line to the writer breaks, and is made anew. */
  follow(): void {
    this.teller.end(this.port);
    this.port = this.listen();
    this.teller.begin(this.port);
  }

  async reopen(): Promise<void> {
    this.teller.end(this.port);
    await this.writer.close();
    this.writer = this.open();
    this.teller = new SwarmTeller(this.writer.records, atOnceMax);
    this.follow();
  }

  async untilListed(): Promise<void> {
    while (this.listing) await new Promise(setImmediate);
  }

  private listen(): Told['port'] {
    this.listing = true;
    const port = {
      postMessage: (reply: ClientReply) => {
        if (reply.type !== 'swarms' || port !== this.port) return;
        if (reply.news.stage === 'end') this.listing = false;
        this.index.apply(structuredClone(reply.news));
      },
    };
    this.port = port;
    return port;
  }
}

function byId(summaries: readonly SwarmSummary[]): SwarmSummary[] {
  const idOf = ({ record }: SwarmSummary): string => record.metadata.swarmId;
  return [...summaries].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
}

async function follows(told: Told, steps: readonly (readonly Plan[] | 'sweep' | 'slice' | 'follow' | 'reopen')[]) {
  let now = 1_000_000;
  let most = 0;
  for (const step of steps) {
    now += 250;
    if (step === 'slice') await new Promise(setImmediate);
    else if (step === 'follow') told.follow();
    else if (step === 'reopen') await told.reopen();
    else told.apply(step, now);
    const found = byId(told.reader.swarms());
    // Not later than who asked for the transaction is answered.
    if (!told.listing) expect(byId(told.index.all())).toEqual(found);
    most = Math.max(most, found.length);
  }
  await told.untilListed();
  expect(byId(told.index.all())).toEqual(byId(told.reader.swarms()));
  for (const { swarmId } of contents) expect(told.index.has(swarmId)).toBe(told.reader.holds(swarmId));
  await told.reader.close();
  await told.writer.close();
  return most;
}

const anySteps = fc.array(anyStep, { minLength: 5, maxLength: 30 });

describe('an index of the swarms, after any sequence of commits', () => {
  it('says what a reader of memory says', async () => {
    let most = 0;
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const store = new MemoryStore();
        most = Math.max(most, await follows(new Told(() => store.writer(options), store.reader()), steps));
      }),
      { numRuns: 60 },
    );
    // Otherwise all of them were told at once.
    expect(most).toBeGreaterThan(atOnceMax);
  });

  it('says what a reader of LMDB says', async () => {
    const ample = () => ({ freeBytes: 2 ** 50, totalBytes: 2 ** 50 });
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const directory = mkdtempSync(join(tmpdir(), 'weir-index-'));
        const open = () => openLmdbWriter({ directory, ...options }, ample);
        await follows(new Told(open, openLmdbReader(directory)), steps);
        await rm(directory, { recursive: true });
      }),
      { numRuns: 5 },
    );
  }, 60_000);
});

describe('an index whose writer fails', () => {
  it('keeps what it knows until all is told anew', async () => {
    const store = new MemoryStore();
    const told = new Told(() => store.writer(options), store.reader());
    expect(told.index.isKnown).toBe(true);
    await told.index.known;
    const [one, other] = [contentOf(0), contentOf(1)];
    told.writer.commit([one.batch([0]), other.batch([0]), contentOf(2).batch([0])], 1);
    told.writer.records.drain();
    await told.reopen();
    await told.untilListed();
    expect(told.index.size).toBe(3);
    // Nobody tells of this one.
    told.writer.commit([{ ...emptyBatch, erase: [{ swarmId: one.swarmId }] }], 2);
    told.writer.commit([contentOf(3).batch([0])], 2);
    expect(told.index.find(one.swarmId)).toBeDefined();
    const reopened = told.reopen();
    expect(told.index.has(one.swarmId)).toBe(true);
    await reopened;
    await told.untilListed();
    expect(told.index.has(one.swarmId)).toBe(false);
    expect(byId(told.index.all())).toEqual(byId(told.reader.swarms()));
    await told.writer.close();
  });
});
