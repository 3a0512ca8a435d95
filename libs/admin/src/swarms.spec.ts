import fc from 'fast-check';
import { AdminApp, idOf, liveSwarm, metadataOf, storedSwarm } from './admin.testing';
import { swarmsView, swarmView } from './swarm-view';

let admin: AdminApp;

beforeEach(async () => {
  admin = await AdminApp.start();
});
afterEach(() => admin.close());

function store(id: string, extentsHeld?: number): void {
  admin.peer.storedSwarms.set(id, storedSwarm(id, extentsHeld));
}

function open(id: string, more?: Parameters<typeof liveSwarm>[1]): void {
  admin.peer.openSwarms.set(id, liveSwarm(id, more));
}

async function page(query = '') {
  const { status, json } = await admin.request('GET', `/v1/swarms${query}`);
  expect(status).toBe(200);
  const view = swarmsView.strict().parse(json);
  return { ids: view.swarms.map(({ swarmId }) => swarmId), next: view.next };
}

describe('GET /v1/swarms/{id}', () => {
  it('shows a swarm that is only stored', async () => {
    store(idOf('a'), 3);
    const { status, json } = await admin.request('GET', `/v1/swarms/${idOf('a')}`);
    expect(status).toBe(200);
    expect(swarmView.strict().parse(json)).toEqual({
      ...metadataOf(idOf('a')),
      chunkCount: 192,
      contentBytes: 192 * 1024 - 7,
      extentsHeld: 3,
      extentCount: 3,
      storedBytes: 3 * 69_632,
      complete: true,
      fetching: false,
      subscribers: 0,
      sources: 0,
      firstUse: '2023-11-14T22:13:20.000Z',
      lastUse: '2023-11-14T22:23:20.000Z',
    });
  });

  it('shows a swarm that has only been opened', async () => {
    open(idOf('a'), { subscribers: 2 });
    const { json } = await admin.request('GET', `/v1/swarms/${idOf('a')}`);
    expect(swarmView.strict().parse(json)).toEqual({
      ...metadataOf(idOf('a')),
      ...{ chunkCount: null, contentBytes: null, extentCount: null, firstUse: null, lastUse: null },
      ...{ extentsHeld: 0, storedBytes: 0, complete: false, fetching: true, subscribers: 2, sources: 0 },
    });
  });

  it('shows of a swarm that is open and stored what both know', async () => {
    store(idOf('a'), 1);
    open(idOf('a'), { chunkCount: 192, extentCount: 3, extentsHeld: 2, sources: 4 });
    const { json } = await admin.request('GET', `/v1/swarms/${idOf('a')}`);
    expect(json).toMatchObject({ extentsHeld: 2, sources: 4, storedBytes: 69_632, complete: false });
  });

  it('has no swarm that is neither', async () => {
    const { status, json } = await admin.request('GET', `/v1/swarms/${idOf('a')}`);
    expect(status).toBe(404);
    expect(json).toMatchObject({ code: 'SWARM_NOT_FOUND', detail: `nothing of swarm ${idOf('a')} is stored or open` });
  });

  it.each(['a', 'A'.repeat(64), 'a'.repeat(63), 'g'.repeat(40)])('refuses %s, which is no swarm ID', async (id) => {
    for (const method of ['GET', 'DELETE'] as const) {
      const { status, json } = await admin.request(method, `/v1/swarms/${id}`);
      expect(status).toBe(400);
      expect(json).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ key: 'id', value: id }] });
    }
  });
});

describe('GET /v1/swarms', () => {
  it('lists each swarm once, by its ID', async () => {
    store(idOf('c'));
    store(idOf('a'));
    open(idOf('b'));
    open(idOf('a'));
    expect(await page()).toEqual({ ids: [idOf('a'), idOf('b'), idOf('c')], next: null });
  });

  it('is empty without swarms', async () => {
    expect(await page()).toEqual({ ids: [], next: null });
  });

  it('pages through all swarms, whatever the size of a page', async () => {
    const digits = fc.uniqueArray(
      fc.nat({ max: 15 }).map((digit) => digit.toString(16)),
      { maxLength: 16 },
    );
    await fc.assert(
      fc.asyncProperty(digits, fc.integer({ min: 1, max: 20 }), async (wanted, limit) => {
        admin.peer.storedSwarms.clear();
        for (const digit of wanted) store(idOf(digit));
        const found: string[] = [];
        let next: string | null = null;
        do {
          const after: string = next === null ? '' : `&after=${next}`;
          const got = await page(`?limit=${limit}${after}`);
          found.push(...got.ids);
          next = got.next;
        } while (next !== null);
        expect(found).toEqual(wanted.map(idOf).sort());
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['limit=0', 'limit', '0'],
    ['limit=1001', 'limit', '1001'],
    ['limit=1.5', 'limit', '1.5'],
    ['limit=ten', 'limit', 'ten'],
    ['limit=1&limit=2', 'limit', '[…]'],
    ['after=abc', 'after', 'abc'],
    ['page=2', 'page', '2'],
  ])('refuses ?%s', async (query, key, value) => {
    const { status, json } = await admin.request('GET', `/v1/swarms?${query}`);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ key, value, remedy: expect.any(String) }] });
  });
});

describe('DELETE /v1/swarms/{id}', () => {
  const purge = async (id: string) => (await admin.request('DELETE', `/v1/swarms/${id}`)).status;

  it('removes what is stored, and leaves the swarm at the trackers', async () => {
    store(idOf('a'));
    store(idOf('b'));
    admin.registration.join(idOf('a'), 'SEEDER');
    expect(await purge(idOf('a'))).toBe(204);
    expect(await page()).toEqual({ ids: [idOf('b')], next: null });
    expect(admin.registration.modes.size).toBe(0);
  });

  it('closes what is only open', async () => {
    open(idOf('a'));
    expect(await purge(idOf('a'))).toBe(204);
    expect(await purge(idOf('a'))).toBe(404);
  });
});
