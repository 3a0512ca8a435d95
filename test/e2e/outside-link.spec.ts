import { readFileSync } from 'node:fs';
import { shardOfSwarm } from '@weir/ppspp';
import { publish } from '../sim/content';
import { Appliance, datapathThreads } from './harness/appliance';
import { fetchFile, startSeeder } from './harness/peers';
import { sha256Of, Stage, type ContentFile } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

const size = 1_500_000;
/** What may be asked for at once after a while without, in seconds of the rate. */
const burstSeconds = 0.1;

/** A content for each datapath thread, whose swarm belongs to it. */
function contentOfEach(): { readonly content: ContentFile; readonly swarmId: string }[] {
  return Array.from({ length: datapathThreads }, (_, thread) => {
    for (let at = 0; ; at++) {
      const content = stage.content(`content-${String(thread)}-${String(at)}`, size + at);
      const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
      const { swarmId } = publish(readFileSync(content.path), settings).metadata;
      if (shardOfSwarm(swarmId, datapathThreads) === thread) return { content, swarmId };
    }
  });
}

/** As in `fetch.schedule`: an hour around this minute, by the clock of UTC. */
function windowNow(): string {
  const minute = Math.floor(Date.now() / 60_000) % 1_440;
  const clock = (minutes: number): string => {
    const at = (minutes + 1_440) % 1_440;
    return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  };
  return `${clock(minute - 30)}-${clock(minute + 30)}`;
}

async function seconds(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return (performance.now() - began) / 1_000;
}

describe('the budget of the outside link', () => {
  const rate = 1_000_000;
  const config = { fetch: { rate: '80Mbit', schedule: [`${windowNow()} rate 8Mbit background unlimited`] } };

  it('holds for what subscribers wait for, all threads together, in a window of the schedule', async () => {
    const appliance = await Appliance.start(stage, { config, env: { TZ: 'UTC' } });
    expect(await appliance.metric('link_rate_bytes', { bound: 'total' })).toBe(rate);
    const all = contentOfEach();
    const fetches = all.map(async ({ content, swarmId }, at) => {
      const { address } = await startSeeder(stage, { path: content.path, listen: `127.2.0.${String(at + 2)}:0` });
      return { content, swarmId, address, out: stage.path(`out-${String(at)}`), ip: `127.1.0.${String(at + 1)}` };
    });
    const ready = await Promise.all(fetches);
    const before = (await appliance.status()).cacheInBytes;
    const took = await seconds(
      Promise.all(
        ready.map(async ({ swarmId, address, out, ip, content }) => {
          await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
          await fetchFile(stage, { swarmId, out, ip, peers: [appliance.address] });
          expect(sha256Of(out)).toBe(content.sha256);
        }),
      ),
    );
    const fetched = (await appliance.status()).cacheInBytes - before;
    expect(fetched).toBeGreaterThanOrEqual(size * all.length);
    expect(took).toBeGreaterThan(fetched / rate - burstSeconds);
    // Metrics follow within seconds.
    await untilTrue('as much was asked for as came', async () => {
      const urgencies = ['demand', 'ahead', 'background'];
      const asked = await Promise.all(
        urgencies.map((urgency) => appliance.metric('link_asked_bytes_total', { urgency })),
      );
      return asked.reduce((sum, bytes) => sum + bytes, 0) >= fetched;
    });
  });

  it('is that of the local time: elsewhere the same window is at another time', async () => {
    const appliance = await Appliance.start(stage, { config, env: { TZ: 'Etc/GMT-6' } });
    expect(await appliance.metric('link_rate_bytes', { bound: 'total' })).toBe(10 * rate);
  });

  it('bounds one external peer apart from all', async () => {
    const appliance = await Appliance.start(stage, { config: { fetch: { peerRate: '4Mbit' } } });
    const content = stage.content('source', size);
    const { swarmId, address } = await startSeeder(stage, { path: content.path });
    const took = await seconds(
      appliance
        .request('POST', '/v1/swarms', { swarmId, peers: [address] })
        .then(() => appliance.untilComplete(swarmId)),
    );
    expect(took).toBeGreaterThan(size / 500_000 - burstSeconds);
  });
});
