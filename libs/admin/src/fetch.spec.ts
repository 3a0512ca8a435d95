import { recordOf, statementOf } from '@weir/ppspp';
import { PpstpClient, type TrackedPeer } from '@weir/registration';
import { startTracker } from '@weir/tracker';
import { AdminApp, idOf, liveSwarm, metadataOf, storedSwarm } from './admin.testing';
import { limits } from './limits';
import { fetchView } from './swarm-view';

let admin: AdminApp;

beforeEach(async () => {
  admin = await AdminApp.start();
});
afterEach(() => admin.close());

const swarmId = idOf('a');

async function post(body: unknown) {
  return admin.request('POST', '/v1/swarms', { body });
}

const tracked = (ip: string, priority: number): TrackedPeer => {
  return { peerId: ip, address: { ip, port: 6778 }, priority };
};

describe('POST /v1/swarms', () => {
  it('fetches a swarm from the peers named, as weir publish makes it', async () => {
    const peers = ['192.0.2.7:6778', '[2001:DB8::7]:6779', '127.0.0.1:6780', '[::ffff:192.0.2.8]:1'];
    const { status, headers, json } = await post({ swarmId, peers });
    expect(status).toBe(202);
    expect(headers.location).toBe(`/v1/swarms/${swarmId}`);
    expect(fetchView.strict().parse(json)).toMatchObject({ ...metadataOf(swarmId), peers: 4, trackers: [] });
    expect(admin.peer.openSwarms.get(swarmId)?.metadata).toEqual(metadataOf(swarmId));
    expect(admin.peer.peers.get(swarmId)).toEqual(
      [
        ['192.0.2.7', 6778],
        ['2001:db8::7', 6779],
        ['127.0.0.1', 6780],
        ['192.0.2.8', 1],
      ].map(([ip, port]) => ({ address: { ip, port }, priority: 0 })),
    );
  });

  it.each([
    { hash: 'sha1', digits: 40, chunkSize: 512 },
    { hash: 'sha224', digits: 56, chunkSize: 1400 },
    { hash: 'sha256', digits: 64, chunkSize: 8192 },
    { hash: 'sha384', digits: 96, chunkSize: 12_345 },
    { hash: 'sha512', digits: 128, chunkSize: 65_000 },
  ])('takes any metadata that a swarm can have: $hash, $chunkSize', async ({ hash, digits, chunkSize }) => {
    const metadata = { swarmId: 'b'.repeat(digits), hash, addressing: 'chunk64', chunkSize };
    expect((await post(metadata)).json).toMatchObject(metadata);
    expect(admin.peer.openSwarms.get(metadata.swarmId)?.metadata).toEqual(metadata);
  });

  it('takes a record as weir publish prints it', async () => {
    const metadata = { ...metadataOf(swarmId), contentBytes: 64 };
    const places = { trackers: [], peers: ['192.0.2.7:6778'] };
    expect((await post(recordOf(statementOf(metadata, places)))).status).toBe(202);
    expect(admin.peer.openSwarms.get(swarmId)?.metadata).toEqual(metadata);
  });

  it('asks the configured trackers: their best peers come right after those named', async () => {
    admin.registration.lookUp = () =>
      Promise.resolve([tracked('192.0.2.1', 9), tracked('192.0.2.2', 9), tracked('192.0.2.3', 1)]);
    const { json } = await post({ swarmId, peers: ['192.0.2.7:6778'] });
    expect(json).toMatchObject({ peers: 4 });
    expect(admin.registration.modes.get(swarmId)).toBe('LEECH');
    expect(admin.peer.peers.get(swarmId)?.map(({ address, priority }) => [address.ip, priority])).toEqual([
      ['192.0.2.7', 0],
      ['192.0.2.1', 1],
      ['192.0.2.2', 1],
      ['192.0.2.3', 2],
    ]);
  });

  it('leaves what is complete as it is', async () => {
    admin.peer.storedSwarms.set(swarmId, storedSwarm(swarmId));
    admin.registration.join(swarmId, 'SEEDER');
    const { status, json } = await post({ swarmId, peers: ['192.0.2.7:6778'] });
    expect(status).toBe(202);
    expect(json).toMatchObject({ complete: true, peers: 0 });
    expect(admin.registration.modes.get(swarmId)).toBe('SEEDER');
    expect(admin.peer.peers.size).toBe(0);
  });

  it.each([{ addressing: 'chunk64' }, { chunkSize: 8192 }])(
    'refuses other metadata than is stored: %j',
    async (more) => {
      admin.peer.storedSwarms.set(swarmId, storedSwarm(swarmId, 1));
      const { status, json } = await post({ swarmId, ...more });
      expect(status).toBe(409);
      expect(json).toMatchObject({ code: 'SWARM_CONFLICT', detail: expect.stringContaining('chunks of 1024 bytes') });
      expect(admin.registration.modes.size).toBe(0);
    },
  );

  it('takes the chunk size of a swarm that is merely open for the guess it is', async () => {
    admin.peer.openSwarms.set(swarmId, liveSwarm(swarmId));
    expect((await post({ swarmId, chunkSize: 8192 })).status).toBe(202);
  });

  it('refuses when trackers can be told of no more swarms', async () => {
    admin.registration.full = true;
    const { status, json } = await post({ swarmId });
    expect(status).toBe(503);
    expect(json).toMatchObject({ code: 'REGISTRATION_FULL' });
    expect(admin.peer.openSwarms.size).toBe(0);
  });

  it('refuses when too many fetches wait for trackers', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<readonly TrackedPeer[]>((resolve) => {
      release = () => resolve([]);
    });
    let waiting = 0;
    const allWait = new Promise<void>((resolve) => {
      admin.registration.lookUp = () => {
        if (++waiting === limits.fetchesMax) resolve();
        return released;
      };
    });
    const hex = (index: number) => index.toString(16).padStart(64, '0');
    const started = Array.from({ length: limits.fetchesMax }, (_, index) => post({ swarmId: hex(index + 1) }));
    await allWait;
    const { status, json } = await post({ swarmId });
    expect(status).toBe(503);
    expect(json).toMatchObject({ code: 'FETCHES_BUSY' });
    release();
    const statuses = (await Promise.all(started)).map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([202]));
    expect((await post({ swarmId })).status).toBe(202);
  });
});

describe('trackers named in the request', () => {
  it('are asked once, and forget us again', async () => {
    const tracker = await startTracker({ listen: '127.0.0.1:0' });
    const seeder = new PpstpClient({ url: tracker.url, peerId: 'seeder', requestMillis: 5_000 });
    const addresses = ['192.0.2.9', '127.0.0.1'].map((ip) => {
      return { ip, port: 6778, priority: 1, type: 'HOST', peerProtocol: 'PPSP-PP' } as const;
    });
    await seeder.join([swarmId], 'SEEDER', { addresses });
    const { json } = await post({ swarmId, trackers: [tracker.url] });
    expect(json).toMatchObject({ peers: 1, trackers: [{ url: tracker.url, peers: 2, error: null }] });
    // Loopback is believed on a host that is itself on loopback alone.
    expect(admin.peer.peers.get(swarmId)).toEqual([{ address: { ip: '192.0.2.9', port: 6778 }, priority: 1 }]);
    const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
    expect(metrics).toContain('ppstp_tracker_peers 1');
    await seeder.close();
    await tracker.close();
  });

  it('cost their peers and nothing more if they do not answer', async () => {
    const tracker = await startTracker({ listen: '127.0.0.1:0' });
    await tracker.close();
    const { status, json } = await post({ swarmId, trackers: [tracker.url, tracker.url], peers: ['192.0.2.7:1'] });
    expect(status).toBe(202);
    expect(json).toMatchObject({ peers: 1, trackers: [{ url: tracker.url, peers: 0, error: 'ECONNREFUSED' }] });
  });

  it('say why they refuse', async () => {
    const tracker = await startTracker({ listen: '127.0.0.1:0', path: '/ppstp' });
    const url = new URL('/elsewhere', tracker.url).href;
    const { json } = await post({ swarmId, trackers: [url] });
    expect(json).toMatchObject({ trackers: [{ url, peers: 0, error: expect.stringContaining('404') }] });
    await tracker.close();
  });

  it.each([
    ['http://127.0.0.1:9080/v1/swarms', 'own admin interface'],
    ['http://169.254.169.254/latest/meta-data', 'link-local'],
    ['http://[fe80::1]/', 'link-local'],
    ['http://0.0.0.0:9080/', ''],
  ])('are not asked where no tracker can be: %s', async (url, reason) => {
    const { status, json } = await post({ swarmId, trackers: [url] });
    expect(status).toBe(202);
    expect(json).toMatchObject({ trackers: [{ peers: 0, error: expect.stringContaining(reason) }] });
  });

  it('are left to the registration if they are configured', async () => {
    const url = 'http://192.0.2.9:7846/';
    admin.registration.trackers = [
      {
        ...{ url, tier: 1, group: '', serve: 'subscribers', standby: false, state: 'connected', lastError: undefined },
        ...{ lastContact: 1, swarms: 1, identities: 1, refused: 0, refusedSwarms: [] },
      },
    ];
    expect((await post({ swarmId, trackers: ['http://192.0.2.9:7846'] })).json).toMatchObject({ trackers: [] });
  });
});

describe('a request that cannot be used', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `192.0.2.7:${index + 1}`);
  it.each<[string, object, string, string | null]>([
    ['no swarm ID', {}, 'swarmId', null],
    ['a swarm ID in capitals', { swarmId: 'A'.repeat(64) }, 'swarmId', 'A'.repeat(64)],
    ['a swarm ID of another hash', { swarmId: 'a'.repeat(40) }, 'swarmId', 'a'.repeat(40)],
    ['a hash that there is not', { swarmId, hash: 'md5' }, 'hash', 'md5'],
    ['another addressing', { swarmId, addressing: 'bin16' }, 'addressing', 'bin16'],
    ['another integrity', { swarmId, integrity: 'none' }, 'integrity', 'none'],
    ['no content', { swarmId: '0'.repeat(64) }, 'swarmId', '0'.repeat(64)],
    ['a size below 1', { swarmId, contentBytes: 0 }, 'contentBytes', '0'],
    ['a small chunk', { swarmId, chunkSize: 511 }, 'chunkSize', '511'],
    ['a large chunk', { swarmId, chunkSize: 65_001 }, 'chunkSize', '65001'],
    ['a chunk size as text', { swarmId, chunkSize: '1024' }, 'chunkSize', '1024'],
    ['a name as peer', { swarmId, peers: ['peer.example:6778'] }, 'peers[0]', 'peer.example:6778'],
    ['a peer without a port', { swarmId, peers: ['192.0.2.7:1', '192.0.2.7'] }, 'peers[1]', '192.0.2.7'],
    ['port 0', { swarmId, peers: ['192.0.2.7:0'] }, 'peers[0]', '192.0.2.7:0'],
    ['a multicast address', { swarmId, peers: ['224.0.0.1:1'] }, 'peers[0]', '224.0.0.1:1'],
    ['a peer that is no text', { swarmId, peers: [{ ip: '192.0.2.7' }] }, 'peers[0]', '{…}'],
    ['peers that are no list', { swarmId, peers: '192.0.2.7:1' }, 'peers', '192.0.2.7:1'],
    ['too many peers', { swarmId, peers: many(257) }, 'peers', '[…]'],
    ['a tracker that is none', { swarmId, trackers: ['ftp://192.0.2.9/'] }, 'trackers[0]', 'ftp://192.0.2.9/'],
    ['too many trackers', { swarmId, trackers: many(5).map((peer) => `http://${peer}/`) }, 'trackers', '[…]'],
    ['a key that there is not', { swarmId, swarm: 1 }, 'swarm', '1'],
  ])('has %s', async (_, body, key, value) => {
    const { status, json } = await post(body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ key, value, remedy: expect.any(String) }] });
    expect(admin.peer.openSwarms.size).toBe(0);
  });

  it('names all that is wrong with it', async () => {
    const { json } = await post({ swarmId: 'x', hash: 'md5', peers: ['a'] });
    expect(json).toMatchObject({ errors: [{ key: 'swarmId' }, { key: 'hash' }, { key: 'peers[0]' }] });
  });

  it('does not give away the password in a URL', async () => {
    const { text } = await post({ swarmId, trackers: ['http://user:secret@tracker.example/'] });
    expect(text).not.toContain('secret');
  });

  it('takes as many peers as it says', async () => {
    expect((await post({ swarmId, peers: many(256) })).json).toMatchObject({ peers: 256 });
  });
});
