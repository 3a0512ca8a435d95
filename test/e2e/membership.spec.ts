import { existsSync, statSync } from 'node:fs';
import { completed, startFetch, startSeeder } from './harness/peers';
import { freeUdpPort } from './harness/ports';
import { Relay } from './harness/relay';
import { sha256Of, Stage } from './harness/stage';
import { Tracker } from './harness/tracker';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(90_000);

/** Peers outside are at the address that the tracker listens on, too: so it sees them where they say they are. */
const ip = '127.0.0.1';

async function trackerOf(name: string): Promise<{ tracker: Tracker; ca: readonly string[] }> {
  const tracker = await Tracker.start(stage, { membershipDirectory: stage.path(name) });
  return { tracker, ca: ['--membership-ca', tracker.membershipCa ?? ''] };
}

/** A way to a peer that notices membership certificates: the member's name stands in them as it is (RFC 7574 section 8.13). */
async function watched(peer: string, host: string): Promise<{ address: string; names: Set<string> }> {
  const names = new Set<string>();
  const onPass = (bytes: Buffer): void => {
    for (const [, name = ''] of bytes.toString('latin1').matchAll(/file:\/\/([\d.]+:\d+)\/[\da-f]+/g)) names.add(name);
  };
  const { address } = await Relay.start(stage, host, peer, { onPass });
  return { address, names };
}

/** What was written of a file that may have holes. */
function bytesOf(path: string): number {
  return existsSync(path) ? 512 * statSync(path).blocks : 0;
}

describe('membership certificates', () => {
  it('are issued to a seeder by its tracker, and shown to whoever asks', async () => {
    const { path, sha256 } = stage.content('source', 300_000);
    const { tracker, ca } = await trackerOf('authority');
    const seeder = await startSeeder(stage, { path, listen: `${ip}:0`, trackers: [tracker.url], more: ca });
    const { address, names } = await watched(seeder.address, '127.2.0.3');
    const out = stage.path('out');
    await completed(startFetch(stage, { swarmId: seeder.swarmId, out, peers: [address], more: ca }));
    expect(sha256Of(out)).toBe(sha256);
    expect(names).toEqual(new Set([seeder.address]));
    expect(await tracker.metric('ppstp_tracker_certificates_total', { outcome: 'issued' })).toBe(1);
  });

  it('bring a leecher to a peer that nobody named to it but another, unless they are of an unknown authority', async () => {
    const { path, size } = stage.content('source', 3_000_000);
    const { tracker, ca } = await trackerOf('authority');
    const foreign = await trackerOf('another');
    const { swarmId, address: origin } = await startSeeder(stage, { path });
    const source = await Relay.start(stage, '127.2.0.3', origin, { passBytes: size / 2, holdsContent: true });

    const member = { ip, port: await freeUdpPort(ip) };
    const memberAddress = `${member.ip}:${member.port}`;
    const trackers = [tracker.url];
    startFetch(stage, { swarmId, ...member, out: stage.path('member'), peers: [source.address], trackers, more: ca });
    await untilTrue('the member has its half', () => source.isStuck);

    const teller = { ip, port: await freeUdpPort(ip) };
    const tellerOut = stage.path('teller');
    const telling = startFetch(stage, { swarmId, ...teller, out: tellerOut, peers: [memberAddress], more: ca });
    await untilTrue('the teller has something', () => bytesOf(tellerOut) > 0);

    const [toTrusting, toWary] = await Promise.all([
      watched(`${teller.ip}:${teller.port}`, '127.2.0.4'),
      watched(`${teller.ip}:${teller.port}`, '127.2.0.5'),
    ]);
    const [out, waryOut] = [stage.path('out'), stage.path('wary')];
    const trusting = startFetch(stage, { swarmId, out, peers: [toTrusting.address], more: ca });
    const wary = startFetch(stage, { swarmId, out: waryOut, peers: [toWary.address], more: foreign.ca });
    await untilTrue('both are told of the member', () =>
      [toTrusting, toWary].every(({ names }) => names.has(memberAddress)),
    );

    // From here on nobody has more to give than the member, which gets another quarter.
    telling.signal('SIGSTOP');
    source.resume(size / 4);
    await untilTrue('one fetches from the member', () => bytesOf(out) > 0.6 * size, 30_000);
    expect(bytesOf(waryOut)).toBeLessThanOrEqual(0.55 * size);

    trusting.signal('SIGINT');
    wary.signal('SIGINT');
    for (const { status, stderr } of await Promise.all([trusting.ended, wary.ended]))
      expect({ status, stderr }).toEqual({
        status: 130,
        stderr: expect.stringContaining('the same command continues'),
      });
  });
});
