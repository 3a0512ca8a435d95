import { z } from 'zod';
import { Appliance } from './harness/appliance';
import { accessArgs, ClosedTracker, type Proving } from './harness/closed-tracker';
import { fetchFile, type Seeder, startSeeder } from './harness/peers';
import { applianceIp } from './harness/ports';
import { type ContentFile, sha256Of, Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

const record = z.object({ swarmId: z.string() });
const peers = ['seeder', 'cache', 'alice', 'bob', 'mallory'];
const subscriber = '127.1.0.9';
const foreigner = '127.4.0.9';

/** A closed swarm that a seeder and the appliance hold, both known to the tracker. */
class Scene {
  private copies = 0;

  private constructor(
    readonly content: ContentFile,
    readonly tracker: ClosedTracker,
    readonly seeder: Seeder,
    readonly appliance: Appliance,
  ) {}

  static async set(proving: Proving): Promise<Scene> {
    const content = stage.content('source', 3_000_000);
    const tracker = await ClosedTracker.start(stage, proving, applianceIp, peers);
    const swarmId = await swarmOf(content);
    await tracker.publish(swarmId, ['seeder', 'cache', 'alice', 'bob']);
    const seeder = await startSeeder(stage, {
      path: content.path,
      trackers: [tracker.url],
      more: accessArgs(tracker.access('seeder')),
    });
    const appliance = await Appliance.start(stage, {
      config: { trackers: [{ url: tracker.url, ...tracker.access('cache') }] },
      env: { WEIR_REGISTRATION_REPORT_INTERVAL: '1' },
    });
    const scene = new Scene(content, tracker, seeder, appliance);
    await appliance.request('POST', '/v1/swarms', { swarmId });
    await appliance.untilComplete(swarmId);
    return scene;
  }

  /** Waits until the tracker names the appliance first to a subscriber. */
  untilListed(): Promise<void> {
    const { tracker, seeder, appliance } = this;
    return untilTrue('the tracker names the appliance first', async () => {
      const [first] = await tracker.peersFor('alice', subscriber, seeder.swarmId);
      return first === appliance.address;
    });
  }

  /** Has a subscriber fetch, and tells how many bytes came from whom. */
  async served(peer: string, from: { readonly trackers?: readonly string[]; readonly peers?: readonly string[] }) {
    const out = stage.path(`copy-${String(++this.copies)}`);
    const { swarmId } = this.seeder;
    const more = from.trackers === undefined ? [] : accessArgs(this.tracker.access(peer));
    const summary = await fetchFile(stage, { swarmId, out, ...from, more });
    expect(sha256Of(out)).toBe(this.content.sha256);
    return summary.peers;
  }
}

describe.each<Proving>(['Digest', 'mutual TLS'])('a closed swarm over HTTPS with %s', (proving) => {
  it('is served from inside to those it is open to, also while its tracker is dead and after it is back', async () => {
    const scene = await Scene.set(proving);
    const { content, tracker, seeder, appliance } = scene;
    const { swarmId } = seeder;
    await scene.untilListed();
    expect(await tracker.peersFor('alice', subscriber, swarmId)).toEqual([appliance.address, seeder.address]);
    expect(await tracker.peersFor('alice', foreigner, swarmId)).toEqual([seeder.address]);
    expect(await errorCodeTo(scene, 'mallory')).toBe(3);
    expect(await errorCodeTo(scene, undefined)).toBe(6);
    expect(await scene.served('alice', { trackers: [tracker.url] })).toHaveProperty([appliance.address]);

    await tracker.kill();
    const { cacheInBytes, hitBytes } = await appliance.status();
    expect(await scene.served('bob', { peers: [appliance.address] })).toEqual({ [appliance.address]: content.size });

    await tracker.again();
    await scene.untilListed();
    await seeder.program.kill();
    expect(await scene.served('alice', { trackers: [tracker.url] })).toEqual({ [appliance.address]: content.size });
    const after = await appliance.status();
    expect(after.cacheInBytes).toBe(cacheInBytes);
    expect(after.hitBytes - hitBytes).toBe(2 * content.size);
  });
});

/** What the tracker says to a peer that wants to join; of undefined, to one without a name. */
async function errorCodeTo({ tracker, seeder }: Scene, peer: string | undefined): Promise<number> {
  const action = { swarmId: seeder.swarmId, action: 'JOIN', mode: 'LEECH' } as const;
  return (await tracker.ask({ peer, from: subscriber, peerId: 'somebody' }, action)).errorCode;
}

/** The ID that a file has as a swarm: a provider publishes it before anybody seeds. */
async function swarmOf({ path }: ContentFile): Promise<string> {
  const program = stage.weir(['publish', path, '--json']);
  const { stdout } = await program.ended;
  return record.parse(JSON.parse(stdout)).swarmId;
}
