import { divertedMark } from '@weir/datagram';
import { untilTrue } from '../e2e/harness/waiting';
import type { LabAppliance } from './lab/appliance';
import { callUntilHeard, checkNobodyListens, checkStaysWithOrigin, openStrangers, untilDiverting } from './lab/checks';
import { callOrigin, type Ends } from './lab/flows';
import { Lab } from './lab/lab';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

/** Longer than this suite runs. */
const longLife = '60s';

describeNamespaces('the checks that an appliance fails open, of rules with a mistake', () => {
  let lab: Lab;
  let appliance: LabAppliance;
  let swarmId: string;
  let flows: Ends[];
  let firstEpoch: string;

  beforeAll(async () => {
    lab = Lab.build();
    const seeder = await lab.seeder({ path: lab.content('content', 500_000).path, external: 1 });
    ({ swarmId } = seeder);
    appliance = await lab.appliance();
    firstEpoch = await untilDiverting(appliance);
    await appliance.request('/v1/swarms', 'POST', { swarmId, peers: [seeder.address] });
    await untilTrue('it holds the content', async () => (await appliance.swarm(swarmId))?.complete === true);
    flows = await openStrangers(lab);
    for (const ends of flows) await callOrigin(ends, { swarmId });
    await appliance.program.kill();
    for (const ends of flows) await callUntilHeard(ends, swarmId);
    await appliance.run();
  });
  afterAll(() => lab.end());

  it('fail where a mark outlives its run, and only there', async () => {
    await untilDiverting(appliance, [firstEpoch]);
    for (const ends of flows) await checkStaysWithOrigin(lab, ends);
    pop().run('nft -f -', `add element inet weir alive { ${firstEpoch} timeout ${longLife} }\n`);
    for (const ends of flows) {
      await expect(checkStaysWithOrigin(lab, ends)).rejects.toThrow('a flow of the origin was diverted');
    }
  });

  it('fail where the mark is set before tproxy has found a listener, and only there', async () => {
    const epoch = await untilDiverting(appliance, [firstEpoch]);
    await appliance.program.kill();
    await checkNobodyListens(lab, epoch);
    const right = pop().run('nft list chain inet weir steer');
    pop().run('nft -f -', `flush chain inet weir steer\n${markFirst(right)}`);
    await expect(checkNobodyListens(lab, epoch)).rejects.toThrow('no new flow passed');
    pop().run('nft -f -', `flush chain inet weir steer\n${right}`);
    await checkNobodyListens(lab, epoch);
  });

  function pop() {
    return lab.router().namespace;
  }
});

/** The same rules in the order that everybody writes first: a packet that nobody takes is marked, and lost. */
function markFirst(chain: string): string {
  const mark = `meta mark set 0x${divertedMark.toString(16)}`;
  const planted = chain.replace(new RegExp(`(tproxy ip6? to \\S+) ${mark}`, 'g'), `${mark} $1`);
  expect(planted).not.toBe(chain);
  return planted;
}
