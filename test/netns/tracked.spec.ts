import { randomBytes } from 'node:crypto';
import { decodeResponse, encodeRequest } from '@weir/ppstp';
import type { Tracker } from '../e2e/harness/tracker';
import { sha256Of } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { subscriber } from './lab/addresses';
import type { LabAppliance } from './lab/appliance';
import { Lab } from './lab/lab';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

describeNamespaces('subscribers of a tracker that is intercepted', () => {
  let lab: Lab;
  let tracker: Tracker;
  let appliance: LabAppliance;
  beforeAll(async () => {
    lab = Lab.build();
    tracker = await lab.tracker(1);
    const { host } = new URL(tracker.url);
    appliance = await lab.appliance({ env: { WEIR_INTERCEPT_TRACKERS: host } });
  });
  afterAll(() => lab.end());

  it('find the appliance first among the peers of what it serves, and by themselves when it is dead', async () => {
    const content = lab.content('content', 1_000_000);
    const { swarmId, address } = await lab.seeder({ path: content.path, external: 2, trackers: [tracker.url] });
    const served = `${appliance.service(4).ip}:${appliance.service(4).port}`;
    expect(await peersFor(swarmId)).toEqual([address]);
    const first = await lab.fetch({ subscriber: 1, swarmId, trackers: [tracker.url] });
    expect(sha256Of(first.file)).toBe(content.sha256);
    await untilTrue('it holds the content', async () => (await appliance.swarm(swarmId))?.complete === true);
    expect((await peersFor(swarmId))[0]).toBe(served);
    const second = await lab.fetch({ subscriber: 2, swarmId, trackers: [tracker.url] });
    expect(sha256Of(second.file)).toBe(content.sha256);

    await appliance.program.kill();
    await untilTrue('the tracker answers by itself', async () => !(await peersFor(swarmId)).includes(served));
    expect(await peersFor(swarmId)).toEqual([address]);
    await appliance.run();
    await untilTrue('the appliance stands in between again', async () => (await peersFor(swarmId))[0] === served);
  });

  /** What a tracker answers a subscriber who looks for peers of a swarm. RFC 7846 section 4.1.2. */
  async function peersFor(swarmId: string): Promise<readonly string[]> {
    const ids = { transactionId: randomBytes(8).toString('hex'), peerId: randomBytes(20).toString('hex') };
    const place = { ip: subscriber(3), port: 6_881, priority: 1, type: 'HOST' } as const;
    const join = { swarmId, mode: 'LEECH', action: 'JOIN' } as const;
    const answers = await ask(encodeRequest({ type: 'CONNECT', ...ids, addresses: [place], actions: [join] }));
    await ask(encodeRequest({ type: 'CONNECT', ...ids, addresses: [], actions: [{ ...join, action: 'LEAVE' }] }));
    return answers.filter((peer) => !peer.startsWith('100.64.'));
  }

  async function ask(body: string): Promise<readonly string[]> {
    const headers = { 'content-type': 'application/ppsp-tracker+json' };
    const answer = await lab.subscribers.http({ url: tracker.url, method: 'POST', headers, body });
    const decoded = decodeResponse(answer.body);
    if (!decoded.ok) throw new Error(`the tracker's answer is ${decoded.fault}`);
    const { results } = decoded.message;
    return results.flatMap(({ peers = [] }) => peers).map(({ address: { ip, port } }) => `${ip}:${port}`);
  }
});
