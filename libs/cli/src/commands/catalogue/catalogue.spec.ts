import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { ha1 } from '@weir/digest';
import { type RunningTracker, startTracker } from '@weir/tracker';
import { keepUser } from '../../catalogue/users-file';
import { runCommandLine } from '../../cli.module';
import { temporaryFolder } from '../../content/content.testing';
import { RecordingTerminal } from '../../terminal/terminal.testing';

const folder = temporaryFolder();
const id = 'ab'.repeat(32);
let tracker: RunningTracker;

beforeAll(async () => {
  const state = folder.path('state');
  tracker = await startTracker({ listen: '127.0.0.1:0', stateDirectory: state, admin: { listen: '127.0.0.1:0' } });
});
afterAll(() => tracker.close());

async function run(...args: string[]) {
  const terminal = new RecordingTerminal();
  const argv = ['node', 'weir', 'catalogue', ...args];
  const status = await runCommandLine(argv, { applianceEntry: '', version: '0', terminal });
  return { status, printed: terminal.printed, told: terminal.told };
}

const weir = (...args: string[]) =>
  run(...args, '--admin', tracker.admin?.url ?? '', '--token-file', tracker.admin?.tokenFile ?? '');

describe('weir catalogue', () => {
  it('publishes a swarm that a record describes, grants, lists, revokes and withdraws', async () => {
    const record = folder.path('record.json');
    writeFileSync(record, JSON.stringify({ swarmId: id, hash: 'sha256', chunkSize: 2048, contentBytes: 5000 }));
    const published = await weir('publish', record, '--closed', '--title', 'News', '--json');
    expect(published.status).toBe(0);
    const metadata = { hash: 'sha256', addressing: 'chunk32', chunkSize: 2048, contentBytes: 5000 };
    expect(JSON.parse(published.printed[0] ?? '')).toMatchObject({ access: 'closed', title: 'News', metadata });
    expect((await weir('grant', id, 'CN=cache 1/north')).printed).toEqual([`granted  ${id}  CN=cache 1/north`]);
    expect((await weir('list', '--grants', id)).printed).toEqual(['CN=cache 1/north']);
    expect((await weir('list')).printed).toEqual([`${id}  closed       0 seeders, 0 leeches  News`]);
    expect((await weir('revoke', id, 'CN=cache 1/north')).status).toBe(0);
    expect((await weir('list', '--grants', id)).printed).toEqual([]);
    expect((await weir('withdraw', id)).printed).toEqual([`withdrawn  ${id}  (0 peers left it)`]);
    expect((await weir('list')).printed).toEqual([`${id}  withdrawn    0 seeders, 0 leeches`]);
  });

  it('publishes of a bare ID nothing but that, and grants every swarm', async () => {
    const { printed } = await weir('publish', 'cd'.repeat(32), '--json');
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ access: 'open', metadata: null });
    expect((await weir('grant', '*', 'alice')).status).toBe(0);
    expect((await weir('list', '--grants', '*')).printed).toEqual(['alice']);
  });

  it('lists all pages', async () => {
    const names = Array.from({ length: 105 }, (_, at) => `user${String(at).padStart(3, '0')}`);
    await weir('publish', id, '--closed');
    const authorization = `Bearer ${readFileSync(tracker.admin?.tokenFile ?? '', 'utf8').trim()}`;
    const put = (name: string) =>
      fetch(`${tracker.admin?.url}/v1/swarms/${id}/grants/${name}`, { method: 'PUT', headers: { authorization } });
    for (const name of names) expect((await put(name)).status).toBe(201);
    expect((await weir('list', '--grants', id)).printed).toEqual(names);
  });

  it('tells what the tracker refuses, and why', async () => {
    const { status, told } = await weir('grant', 'ef'.repeat(32), 'alice');
    expect(status).toBe(1);
    expect(told[0]).toMatch(
      /^weir: http:\/\/127\.0\.0\.1:\d+ refuses: swarm (?:ef)+ is not published; .*UNPUBLISHED\)$/s,
    );
  });

  it('tells that nobody is there, or somebody else', async () => {
    const token = tracker.admin?.tokenFile ?? '';
    const other = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const foreign = await run('list', '--admin', `http://127.0.0.1:${port}`, '--token-file', token);
    expect(foreign).toMatchObject({ status: 1, told: [expect.stringContaining('no answer of a tracker')] });
    await new Promise((resolve) => other.close(resolve));
    const nobody = await run('list', '--admin', `http://127.0.0.1:${port}`, '--token-file', token);
    expect(nobody).toMatchObject({ status: 1, told: [expect.stringContaining('ECONNREFUSED')] });
  });

  it.each([
    [['list', '--token-file', '/nowhere/token'], '--token-file "/nowhere/token"'],
    [['list'], '--token-file'],
    [['list', '--admin', 'http://127.0.0.1/v1', '--token-file', 'x'], '--admin'],
    [['publish', 'xyz', '--token-file', 'x'], 'swarm'],
    [['burn'], 'there is no "burn"'],
    [['user', 'a:b', '--users', 'x'], 'without a colon'],
    [['user', 'alice', '--users', 'x', '--realm', 'a"b'], '--realm'],
    [['user', 'alice', '--users', '/nowhere/users', '--remove'], 'no user "alice"'],
  ])('refuses %j', async (args, what) => {
    const { status, told } = await run(...args);
    expect(status).toBe(2);
    expect(told.join()).toContain(what);
  });
});

describe('a users file', () => {
  it('gets a line for each user, which replaces the one before, and keeps all others', async () => {
    const path = folder.path('users');
    writeFileSync(path, '# people\nbob:elsewhere:' + '0'.repeat(64) + '\n');
    expect(await keepUser(path, { name: 'alice', realm: 'weir' }, 'first')).toBe(false);
    expect(await keepUser(path, { name: 'bob', realm: 'weir' }, 'secret')).toBe(false);
    expect(await keepUser(path, { name: 'alice', realm: 'weir' }, 'second')).toBe(true);
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      '# people',
      `bob:elsewhere:${'0'.repeat(64)}`,
      `bob:weir:${ha1('bob', 'weir', 'secret')}`,
      `alice:weir:${ha1('alice', 'weir', 'second')}`,
      '',
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await keepUser(path, { name: 'bob', realm: 'weir' }, undefined)).toBe(true);
    expect(readFileSync(path, 'utf8')).not.toContain('bob:weir');
  });
});
