import { z } from 'zod';
import { Appliance } from './harness/appliance';
import { freeTcpPort } from './harness/ports';
import { Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(30_000);

const link = 'http://169.254.169.254/latest/meta-data/';
const fetched = z.object({ trackers: z.array(z.object({ url: z.string(), error: z.string().nullable() })) });
const trackers = z.object({ trackers: z.array(z.object({ url: z.string(), lastError: z.string().nullable() })) });

it('an appliance asks neither itself nor its link for peers, whoever names them as trackers', async () => {
  // The lab's trackers are on loopback, which is allowed for that; its admin interface is not.
  const lab = `http://127.2.0.2:${await freeTcpPort('127.2.0.2')}/`;
  const appliance = await Appliance.start(stage, { trackers: [link, lab] });
  const own = `http://${appliance.admin}/`;
  // Those that are configured are not asked once more.
  const [otherLink, otherLab] = ['http://169.254.0.1/', lab.replace('.2:', '.3:')];
  const asked = { swarmId: 'ab'.repeat(32), trackers: [own, otherLink, otherLab] };
  const answer = fetched.parse(await (await appliance.request('POST', '/v1/swarms', asked)).json());
  const errors = new Map(answer.trackers.map(({ url, error }) => [url, error]));
  expect(errors.get(own)).toMatch(/own admin interface/);
  expect(errors.get(otherLink)).toMatch(/link-local/);
  expect(errors.get(otherLab)).toMatch(/ECONNREFUSED/);
  await untilTrue('the configured ones are shown', async () => {
    const shown = trackers.parse(await (await appliance.request('GET', '/v1/trackers')).json());
    const of = new Map(shown.trackers.map(({ url, lastError }) => [url, lastError ?? '']));
    return (of.get(link) ?? '').includes('link-local') && (of.get(lab) ?? '').includes('ECONNREFUSED');
  });
});
