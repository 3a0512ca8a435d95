import type { Channel } from '../channel/channel';
import { TestEndpoint } from '../endpoint/endpoint.testing';
import { limits } from '../limits';
import { published } from './published.testing';
import { Verification, type Arrival } from './verification';

const content = published(200 * 1_024);

function channelOfLeecher(): Channel {
  const leecher = new TestEndpoint().fetch(content.metadata, { ip: '192.0.2.1', port: 9 });
  leecher.take();
  const [channel] = leecher.endpoint.channels.all();
  if (channel === undefined) throw new RangeError('a leecher calls the peer it knows');
  return channel;
}

/** Fills a verification with chunks of one size; tells how many it took. */
function fill(verification: Verification, bytes: Uint8Array): number {
  const channel = channelOfLeecher();
  const arrival = (chunk: number): Arrival => ({ channel, chunk, bytes, delay: 0n });
  let taken = 0;
  while (verification.add(arrival(taken))) taken++;
  return taken;
}

describe('chunks that wait for their verdict', () => {
  it('are as many as may be, where they are small', () => {
    expect(fill(new Verification(), new Uint8Array(512))).toBe(limits.pendingChunksMax);
  });

  it('are as many as memory allows, where they are large', () => {
    const bytes = new Uint8Array(limits.chunkSizeMax);
    const taken = fill(new Verification(), bytes);
    expect(taken).toBe(Math.floor(limits.pendingBytesMax / limits.chunkSizeMax));
  });

  it('make room for others when they are judged, here or away', () => {
    const verification = new Verification();
    const bytes = new Uint8Array(limits.chunkSizeMax);
    const taken = fill(verification, bytes);
    expect(verification.handOut(1)).toHaveLength(taken);
    expect(fill(verification, bytes)).toBe(0);
    expect(verification.takeBack(1)).toHaveLength(taken);
    expect(fill(verification, bytes)).toBe(taken);
    verification.takeWaiting();
    expect(fill(verification, bytes)).toBe(taken);
  });
});
