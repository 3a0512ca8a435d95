import { statSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { limits as catalogueLimits } from '../catalogue/limits';
import { AdminWorld, idOf } from './admin.testing';
import { keepToken } from './token';
import {
  grantsView,
  membersView,
  registeredPeerView,
  trackedSwarmsView,
  trackedSwarmView,
  trackerStatusView,
} from './views';

let world: AdminWorld;

beforeEach(async () => {
  world = new AdminWorld();
  await world.start();
});
afterEach(() => world.close());

const metadata = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024, contentBytes: 12_345 };

async function swarmsIn(query = '') {
  const { status, json } = await world.request('GET', `/v1/swarms${query}`);
  expect(status).toBe(200);
  return trackedSwarmsView.strict().parse(json);
}

describe('publishing', () => {
  const path = `/v1/swarms/${idOf('a')}`;

  it('keeps what it is told of a swarm, and tells it', async () => {
    const created = await world.request('PUT', path, { access: 'closed', title: 'News', metadata });
    expect(created.status).toBe(201);
    const changed = await world.request('PUT', path, { access: 'open', title: 'News at ten', metadata });
    expect(changed.status).toBe(200);
    const { json } = await world.request('GET', path);
    expect(trackedSwarmView.strict().parse(json)).toEqual({
      ...{ swarmId: idOf('a'), access: 'open', title: 'News at ten', metadata, seeders: 0, leeches: 0 },
      changedAt: expect.stringMatching(/^20\d\d-/),
    });
  });

  it('takes hex in both cases for one swarm, and any other ID as it is', async () => {
    expect((await world.request('PUT', `/v1/swarms/${idOf('A')}`, { access: 'open' })).status).toBe(201);
    expect((await world.request('PUT', '/v1/swarms/live%2FOne', { access: 'open' })).status).toBe(201);
    expect((await swarmsIn()).swarms.map(({ swarmId }) => swarmId)).toEqual([idOf('a'), 'live/One']);
  });

  it.each([
    [path, {}, 'access'],
    [path, { access: 'shut' }, 'access'],
    [path, { access: 'open', name: 'x' }, 'name'],
    [path, { access: 'open', title: 'x'.repeat(catalogueLimits.titleCharsMax + 1) }, 'title'],
    [path, { access: 'open', metadata: { ...metadata, chunkSize: 1 } }, 'metadata.chunkSize'],
    [path, [], 'body'],
    ['/v1/swarms/*', { access: 'open' }, 'id'],
    [`/v1/swarms/${'a'.repeat(1_101)}`, { access: 'open' }, 'id'],
    ['/v1/swarms/a%20b', { access: 'open' }, 'id'],
  ])('refuses %s with %j, and names the value', async (at, body, key) => {
    const { status, json, type } = await world.request('PUT', at, body);
    expect(status).toBe(400);
    expect(type).toContain('application/problem+json');
    expect(json).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ key }] });
  });

  it('has peers refused where a swarm is withdrawn, until it is published again', async () => {
    expect(world.join('p1', idOf('a')).errorCode).toBe(0);
    const { status, json } = await world.request('DELETE', path);
    expect(status).toBe(200);
    expect(json).toEqual({ swarmId: idOf('a'), removedPeers: 1 });
    expect(world.join('p2', idOf('a')).errorCode).toBe(3);
    expect((await world.request('PUT', path, { access: 'open' })).status).toBe(201);
    expect(world.join('p2', idOf('a')).errorCode).toBe(0);
  });

  it('knows nothing of a swarm that nobody published or joined', async () => {
    for (const at of [path, `${path}/peers`]) {
      expect(await world.request('GET', at)).toMatchObject({ status: 404, json: { code: 'SWARM_UNKNOWN' } });
    }
  });
});

describe('the list of swarms', () => {
  it('has the published ones first, then those that peers are in, whatever the size of a page', async () => {
    for (const digit of ['c', 'a', 'b']) await world.request('PUT', `/v1/swarms/${idOf(digit)}`, { access: 'open' });
    for (const digit of ['b', 'd', 'e']) world.join(`p${digit}`, idOf(digit), 'LEECH');
    for (const limit of [1, 2, 100]) {
      const found: string[] = [];
      let after: string | null = '';
      while (after !== null) {
        const page = await swarmsIn(`?limit=${limit}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`);
        found.push(...page.swarms.map(({ swarmId }) => swarmId));
        after = page.next;
      }
      expect(found.map((id) => id[0])).toEqual(['a', 'b', 'c', 'd', 'e']);
    }
    const { swarms } = await swarmsIn();
    expect(swarms[1]).toMatchObject({ access: 'open', seeders: 0, leeches: 1 });
    expect(swarms[3]).toMatchObject({ access: null, changedAt: null, leeches: 1 });
  });

  it.each(['limit=0', 'limit=1001', 'after=x', 'page=1'])('refuses ?%s', async (query) => {
    expect((await world.request('GET', `/v1/swarms?${query}`)).status).toBe(400);
  });
});

describe('grants', () => {
  const grants = `/v1/swarms/${idOf('a')}/grants`;

  it('let principals into a closed swarm, and out of it', async () => {
    await world.request('PUT', `/v1/swarms/${idOf('a')}`, { access: 'closed' });
    expect(world.join('p1', idOf('a')).errorCode).toBe(6);
    expect(world.join('p1', idOf('a'), 'LEECH', 'alice').errorCode).toBe(3);
    expect((await world.request('PUT', `${grants}/alice`)).status).toBe(201);
    expect((await world.request('PUT', `${grants}/alice`)).status).toBe(200);
    expect(world.join('p1', idOf('a'), 'LEECH', 'alice').errorCode).toBe(0);
    expect((await world.request('DELETE', `${grants}/alice`)).status).toBe(204);
    expect(world.join('p3', idOf('a'), 'LEECH', 'alice').errorCode).toBe(3);
    const gone = { status: 404, json: { code: 'GRANT_UNKNOWN' } };
    expect(await world.request('DELETE', `${grants}/alice`)).toMatchObject(gone);
    expect(await world.request('GET', `${grants}/alice`)).toMatchObject(gone);
  });

  it('are listed by principal, whose name may be any', async () => {
    await world.request('PUT', `/v1/swarms/${idOf('a')}`, { access: 'closed' });
    const names = ['CN=cache 1, O=ISP/North', 'bob', 'Zoë'];
    for (const name of names) {
      expect((await world.request('PUT', `${grants}/${encodeURIComponent(name)}`)).status).toBe(201);
      expect((await world.request('GET', `${grants}/${encodeURIComponent(name)}`)).status).toBe(200);
    }
    const first = grantsView.strict().parse((await world.request('GET', `${grants}?limit=2`)).json);
    const more = `${grants}?after=${encodeURIComponent(first.next ?? '')}`;
    const second = grantsView.strict().parse((await world.request('GET', more)).json);
    expect([...first.grants, ...second.grants].map(({ principal }) => principal)).toEqual(names.toSorted());
    expect(second.next).toBeNull();
  });

  it('are for a name, in whatever form of Unicode it is written', async () => {
    const [composed, apart] = ['Zo\u00eb', 'Zoe\u0308'].map((name) => `${grants}/${encodeURIComponent(name)}`);
    await world.request('PUT', `/v1/swarms/${idOf('a')}`, { access: 'closed' });
    expect((await world.request('PUT', apart ?? '')).json).toEqual({ swarmId: idOf('a'), principal: 'Zo\u00eb' });
    expect((await world.request('GET', composed ?? '')).status).toBe(200);
  });

  it('may be for every swarm, and for none that is not published', async () => {
    expect((await world.request('PUT', '/v1/swarms/*/grants/cache')).status).toBe(201);
    await world.request('PUT', `/v1/swarms/${idOf('a')}`, { access: 'closed' });
    expect(world.join('p1', idOf('a'), 'LEECH', 'cache').errorCode).toBe(0);
    const missing = { status: 404, json: { code: 'SWARM_UNPUBLISHED' } };
    expect(await world.request('PUT', `/v1/swarms/${idOf('b')}/grants/cache`)).toMatchObject(missing);
    expect(await world.request('GET', `/v1/swarms/${idOf('b')}/grants`)).toMatchObject(missing);
  });
});

describe('peers', () => {
  it('are shown as they registered, with the time of day', async () => {
    world.join('p1', idOf('a'), 'SEEDER');
    world.now += 2_000_000;
    const { json } = await world.request('GET', '/v1/peers/p1');
    const peer = registeredPeerView.strict().parse(json);
    expect(peer).toMatchObject({ peerId: 'p1', principal: null, superNode: false, swarms: 1 });
    expect(peer.addresses).toEqual([{ ip: '198.51.100.1', port: 6778, type: 'HOST', priority: 1, proven: true }]);
    const age = Date.now() - Date.parse(peer.registeredAt ?? '');
    expect(age).toBeGreaterThanOrEqual(1_999);
    expect(age).toBeLessThan(60_000);
  });

  it('are listed by swarm, page by page', async () => {
    for (const name of ['p1', 'p2', 'p3']) world.join(name, idOf('a'), name === 'p2' ? 'LEECH' : 'SEEDER');
    const seen: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const query: string = after === '' ? '' : `&after=${after}`;
      const { json } = await world.request('GET', `/v1/swarms/${idOf('a')}/peers?limit=2${query}`);
      const page = membersView.strict().parse(json);
      seen.push(...page.peers.map(({ peerId, mode }) => `${peerId} ${mode}`));
      after = page.next;
    }
    expect(seen.sort()).toEqual(['p1 SEEDER', 'p2 LEECH', 'p3 SEEDER']);
  });

  it('are dismissed', async () => {
    world.join('p1', idOf('a'));
    expect((await world.request('DELETE', '/v1/peers/p1')).status).toBe(204);
    expect(world.tracker.counts.peers).toBe(0);
    const gone = { status: 404, json: { code: 'PEER_UNKNOWN' } };
    expect(await world.request('DELETE', '/v1/peers/p1')).toMatchObject(gone);
    expect(await world.request('GET', '/v1/peers/p1')).toMatchObject(gone);
  });
});

describe('the admin side', () => {
  it('tells how the tracker does', async () => {
    world.join('p1', idOf('a'));
    await world.request('PUT', `/v1/swarms/${idOf('b')}`, { access: 'open' });
    const { json } = await world.request('GET', '/v1/status');
    expect(trackerStatusView.strict().parse(json)).toMatchObject({
      ...{ url: 'https://tracker.example/', state: 'STARTED', peers: 1, swarms: 1, memberships: 1 },
      catalogue: { kept: false, published: 1, withdrawn: 0, grants: 0 },
    });
  });

  it('answers nobody without the token but about its health', async () => {
    const statusOf = async (path: string, headers = {}) => (await fetch(`${world.url}${path}`, { headers })).status;
    expect(await statusOf('/healthz')).toBe(200);
    for (const path of ['/v1/status', '/v1/swarms', '/metrics', '/openapi.json'])
      expect(await statusOf(path)).toBe(401);
    expect(await statusOf('/v1/status', { authorization: 'Bearer guess' })).toBe(401);
    expect((await world.request('GET', '/metrics')).status).toBe(200);
  });

  const operation = z.looseObject({
    operationId: z.string(),
    summary: z.string().min(1),
    responses: z.looseObject({}),
  });
  const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });

  it('has every route in its OpenAPI document, and on the page about it', async () => {
    const { json } = await world.request('GET', '/openapi.json');
    const { paths } = document.parse(json);
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const page = await readFile(join(__dirname, '../../../../docs/tracker.md'), 'utf8');
    expect([...(page.match(/(?<=^\| `)[A-Z]+ \/[^`]+(?=`)/gm) ?? [])].sort()).toEqual(routes.sort());
    const names = Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
    expect(new Set(names).size).toBe(names.length);
    expect(routes).toHaveLength(14);
  });
});

describe('the token', () => {
  it('is made once, for nobody else to read', async () => {
    const token = await readFile(world.tokenFile, 'utf8');
    expect(token).toMatch(/^[\w-]{43}\n$/);
    expect(statSync(world.tokenFile).mode & 0o777).toBe(0o600);
    expect(await keepToken(world.tokenFile)).toBe(token.trim());
  });

  it.each(['', 'short', 'has a space in its middle', 'x'.repeat(513)])('is refused as %j', async (text) => {
    const path = join(world.directory, 'own');
    await writeFile(path, text, { mode: 0o600 });
    const refused = { code: 'TRACKER_SETTING_INVALID', details: { setting: 'admin.tokenFile', value: path } };
    await expect(keepToken(path)).rejects.toMatchObject(refused);
  });

  it.each([0o644, 0o604, 0o660])('is refused in a file of mode %o, which others could read or change', async (mode) => {
    const path = join(world.directory, `own-${String(mode)}`);
    await writeFile(path, `${'x'.repeat(43)}\n`, { mode });
    await chmod(path, mode);
    await expect(keepToken(path)).rejects.toMatchObject({ message: expect.stringContaining('chmod 600') });
    await chmod(path, 0o640);
    expect(await keepToken(path)).toHaveLength(43);
  });

  it('is refused where it cannot be read', async () => {
    await expect(keepToken(world.directory)).rejects.toMatchObject({ message: expect.stringContaining('EISDIR') });
  });
});
