import { createServer, type IncomingMessage, type Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import { runCommandLine } from '../../cli.module';
import { temporaryFolder } from '../../content/content.testing';
import { RecordingTerminal } from '../../terminal/terminal.testing';

/** What the command line asks of an appliance, and how it shows the answer; test/e2e has the appliance itself. */

const folder = temporaryFolder();
const id = 'ab'.repeat(32);
const asked: { route: string; body: unknown; authorization: string | undefined }[] = [];
let answers: Record<string, unknown> = {};
let server: Server;
let admin = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const route = `${request.method ?? ''} ${request.url ?? ''}`;
      const { authorization } = request.headers;
      asked.push({ route, body: text === '' ? undefined : JSON.parse(text), authorization });
      const answer = answers[route];
      const problem = { code: 'PIN_LIMIT', detail: 'pinned swarms would take too much', status: 409 };
      response.statusCode = answer === undefined ? 409 : 200;
      response.end(JSON.stringify(answer ?? problem));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  admin = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked.length = 0;
  answers = {};
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

async function weir(...args: string[]) {
  const terminal = new RecordingTerminal();
  const argv = ['node', 'weir', 'cache', ...args, '--admin', admin];
  const status = await runCommandLine(argv, { applianceEntry: '', version: '0', terminal });
  return { status, printed: terminal.printed, told: terminal.told };
}

const rule = { pinned: true, label: 'news', fetchRate: 2_000_000, serveRate: null };
const block = { swarmId: id, reason: 'an order', since: 'then', state: 'erasing', heldBytes: 2_048, heldExtents: 2 };
const progress = { bytes: 1_024, totalBytes: 4_096, percent: 25, bytesPerSecond: 512, etaSeconds: 6, note: 'waits' };
const job = {
  id: 'j-1',
  type: 'prefetch',
  state: 'running',
  swarmId: id,
  label: null,
  ended: null,
  progress,
  error: null,
};

it.each<[string[], string, unknown, unknown, RegExp]>([
  [['pin', id], `PUT /v1/swarms/${id}/pin`, undefined, rule, /^pinned {2}abab/],
  [['unpin', id], `DELETE /v1/swarms/${id}/pin`, undefined, rule, /^unpinned/],
  [['label', id, 'news'], `PUT /v1/swarms/${id}/label`, { label: 'news' }, rule, /^labelled {2}news/],
  [['label', id, '--remove'], `DELETE /v1/swarms/${id}/label`, undefined, { label: null }, /^without a label/],
  [
    ['block', id, '--reason', 'an order'],
    `PUT /v1/swarms/${id}/block`,
    { reason: 'an order' },
    { ...block, erasedAt: null },
    /erasing.*an order\n.*2\.00 KiB in 2 extents, being erased/s,
  ],
  [['block', id, '--report'], `GET /v1/swarms/${id}/block`, undefined, { ...block, erasedAt: 'now' }, /gone at now/],
  [['block', '--list'], 'GET /v1/blocks', undefined, { blocks: [{ ...block, erasedAt: null }], next: null }, /^abab/],
  [['unblock', id], `DELETE /v1/swarms/${id}/block`, undefined, {}, /^unblocked/],
  [
    ['limit', id, '--fetch', '2MB'],
    `PUT /v1/swarms/${id}/limits`,
    { fetchRate: 2_000_000 },
    rule,
    /MiB\/s, served at any/,
  ],
  [['quota', '5GB', '--label', 'a'], 'PUT /v1/quotas/labels/a', { bytes: 5e9 }, {}, /^quota {2}4\.66 GiB/],
  [
    ['quota', '--tracker', 'http://t/', '--remove'],
    'DELETE /v1/quotas/trackers/http%3A%2F%2Ft%2F',
    undefined,
    {},
    /no quota/,
  ],
  [
    ['quota'],
    'GET /v1/quotas',
    undefined,
    { quotas: [{ kind: 'label', name: 'a', bytes: 2_048, storedBytes: 1_024 }] },
    /1\.00 KiB of 2\.00 KiB {2}a/,
  ],
  [
    ['purge', '--label', 'a'],
    'POST /v1/jobs',
    { type: 'purge', label: 'a', includePinned: false },
    job,
    /^j-1 {2}prefetch/,
  ],
  [['jobs'], 'GET /v1/jobs', undefined, { jobs: [job] }, /25 % {2}1\.00 KiB of 4\.00 KiB/],
  [['job', 'j-1'], 'GET /v1/jobs/j-1', undefined, job, /512 B\/s, 6 s left\n {2}waits/],
  [['cancel', 'j-1'], 'DELETE /v1/jobs/j-1', undefined, job, /^cancelled {2}j-1/],
])('weir cache %j', async (args, route, ...[body, answer, shown]) => {
  answers = { [route]: answer };
  const { status, printed } = await weir(...args);
  expect(asked).toEqual([{ route, body, authorization: undefined }]);
  expect(printed.join('\n')).toMatch(shown);
  expect(status).toBe(0);
  const json = await weir(...args, '--json');
  expect(json.printed).toHaveLength(1);
  expect(JSON.parse(json.printed[0] ?? '')).toBeInstanceOf(Object);
});

it('orders a pre-fetch, and waits for its end', async () => {
  answers = { 'POST /v1/jobs': job, 'GET /v1/jobs/j-1': { ...job, state: 'done', ended: 'now' } };
  const args = ['prefetch', id, '--rate', '2MB', '--within', '60', '--peer', '192.0.2.7:6778', '--wait'];
  expect(await weir(...args)).toMatchObject({
    status: 0,
    printed: [expect.stringContaining('done'), expect.anything()],
  });
  expect(asked[0]?.body).toMatchObject({
    ...{ type: 'prefetch', rate: 2_000_000, deadline: expect.stringMatching(/Z$/) },
    swarm: { swarmId: id, peers: ['192.0.2.7:6778'], trackers: [] },
  });
  const error = { code: 'FETCH_STALLED', detail: 'not a byte came' };
  answers['GET /v1/jobs/j-1'] = { ...job, state: 'failed', ended: 'now', error };
  expect(await weir(...args)).toMatchObject({ status: 1, told: [expect.stringContaining('FETCH_STALLED')] });
});

it('shows what was found damaged, and says that the rules are restored', async () => {
  const finding = { when: 1_700_000_000, kind: 'rules', foundBy: 'start', remedy: 'lost', detail: 'rules may be lost' };
  const found = {
    ...{ counts: { rules: 1 }, findings: [finding], rulesLost: { when: 1_700_000_000, detail: 'rules may be lost' } },
    scrub: { running: true, progress: 0.5 },
  };
  answers = { 'GET /v1/integrity': found, 'DELETE /v1/integrity/rules-lost': {} };
  const { status, printed } = await weir('integrity');
  expect(status).toBe(0);
  expect(printed.join('\n')).toMatch(/^RULES MAY BE LOST since 2023-.*1 rules.*50 %.*rules, lost, found by the start/s);
  answers['GET /v1/integrity'] = { ...found, rulesLost: null };
  expect((await weir('integrity', '--rules-restored')).printed[0]).toBe('damaged so far: 1 rules');
  expect(asked.map(({ route }) => route).slice(1)).toEqual(['DELETE /v1/integrity/rules-lost', 'GET /v1/integrity']);
});

it('names what there is', async () => {
  const terminal = new RecordingTerminal();
  const argv = ['node', 'weir', 'cache', 'burn'];
  expect(await runCommandLine(argv, { applianceEntry: '', version: '0', terminal })).toBe(2);
  expect(terminal.told.join()).toMatch(/there is no "burn".*prefetch, quota/);
});

it('sends the token of a file, and tells what is refused', async () => {
  const file = folder.path('token');
  writeFileSync(file, 'a-token\n');
  const { status, told } = await weir('pin', id, '--token-file', file);
  expect(asked[0]?.authorization).toBe('Bearer a-token');
  expect(status).toBe(1);
  expect(told[0]).toMatch(/refuses: pinned swarms would take too much \(PIN_LIMIT\)/);
});

it.each([
  [['pin', 'xyz'], 'swarm'],
  [['label', id], 'label'],
  [['block', id], '--reason'],
  [['block'], 'name a swarm'],
  [['purge'], '--all'],
  [['purge', id, '--all'], '--all'],
  [['quota', '5GB'], '--label'],
  [['quota', 'much', '--label', 'a'], 'bytes'],
  [['limit', id], '--fetch'],
  [['limit', id, '--fetch', 'fast'], '--fetch'],
  [['prefetch', id, '--within', 'soon'], '--within'],
  [['pin', id, '--token-file', '/nowhere/token'], '--token-file'],
])('refuses weir cache %j, and names the remedy', async (args, what) => {
  const { status, told } = await weir(...args);
  expect(status).toBe(2);
  expect(told.join()).toContain(what);
  expect(asked).toEqual([]);
});
