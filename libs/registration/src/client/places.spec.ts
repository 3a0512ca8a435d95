import { networkInterfaces } from 'node:os';

import { Lab, naming, never } from './exchange.testing';
import { forbiddenPlaces } from './places';
import { PpstpClient } from './ppstp-client';

const lab = new Lab();
afterEach(() => lab.close());

const strict = forbiddenPlaces({ allowLoopback: false });

describe('a place', () => {
  it.each([
    ...['192.0.2.1', '10.0.0.1', '100.64.0.1', '192.168.1.1', '2001:db8::1', 'fd00::1', '64:ff9b::192.0.2.1'],
    '2002:c000:201::1',
  ])('%s is where a tracker may be', (ip) => expect(strict(ip, 80)).toBeUndefined());

  it.each([
    ...['127.0.0.1', '127.255.0.1', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0.0.0.0', '::', '0.1.2.3'],
    ...['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', '224.0.0.1', 'ff02::1', '255.255.255.255'],
    ...['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '2002:7f00:1::', '::127.0.0.1', 'fe80::1%eth0', 'localhost', ''],
  ])('%s is none', (ip) => expect(strict(ip, 80)).toMatch(/^it is /));

  it('in a lab may be here, but not where operators speak to us', () => {
    const lax = forbiddenPlaces({ allowLoopback: true, own: [{ ip: '127.0.0.1', port: 8080 }] });
    expect(lax('127.0.0.1', 80)).toBeUndefined();
    expect(lax('127.0.0.2', 8080)).toBeUndefined();
    expect(lax('127.0.0.1', 8080)).toBe('it is our own admin interface');
    expect(lax('::ffff:127.0.0.1', 8080)).toBe('it is our own admin interface');
    expect(lax('169.254.0.1', 80)).toBe('it is a link-local address');
  });

  it.each(['0.0.0.0', '::'])('is ours on every address of this host, if we listen on %s', (ip) => {
    const forbids = forbiddenPlaces({ allowLoopback: true, own: [{ ip, port: 8080 }] });
    const here = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', ...here.map((one) => one.address)]) {
      expect(forbids(address, 8080)).toBe('it is our own admin interface');
    }
    expect(forbids('192.0.2.250', 8080)).toBeUndefined();
    expect(forbids('127.0.0.1', 8081)).toBeUndefined();
  });
});

describe('a request', () => {
  const service = () => lab.server((response) => response.end('{}'));

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
    '[::]',
    'localhost',
    '127.0.0.1.',
  ])('to http://%s/ is not sent', async (host) => {
    const server = await service();
    const exchange = lab.exchange(`http://${host}:${String(server.port)}/`, { forbids: strict });
    const reason = expect.stringMatching(/^not contacted: it is an? (?:loopback|unspecified) address$/);
    expect(await exchange.post('', never)).toEqual({ ok: false, fault: 'forbidden', reason });
    expect(server.connections).toBe(0);
  });

  it('is judged by the port that its scheme means, too', async () => {
    const asked: number[] = [];
    const forbids = (_: string, port: number) => String(asked.push(port));
    await lab.exchange('http://127.0.0.1/', { forbids }).post('', never);
    await lab.exchange('https://127.0.0.1/', { forbids }).post('', never);
    await lab.exchange('https://tracker.example/', { forbids, lookUp: naming('127.0.0.1') }).post('', never);
    expect(asked).toEqual([80, 443, 443]);
  });

  it.each<[string, { ipv4?: string }, 4 | undefined]>([
    ['any way', {}, undefined],
    ['a family', {}, 4],
    ['an address of ours', { ipv4: '127.0.0.1' }, undefined],
  ])('to a name goes where its addresses allow it, by %s', async (_, localAddresses, family) => {
    const server = await service();
    const own = [{ ip: '127.0.0.1', port: server.port }];
    const forbids = forbiddenPlaces({ allowLoopback: true, own });
    const lookUp = naming('127.0.0.1', '169.254.1.1');
    const options = { forbids, lookUp, localAddresses };
    const reason = expect.stringMatching(/^not contacted: /);
    const refused = await lab.exchange(server.url('tracker.example'), options).post('', never, { family });
    expect(refused).toEqual({ ok: false, fault: 'forbidden', reason });
    // With one good address among bad ones, that one.
    const other = lab.exchange(server.url('tracker.example'), {
      ...options,
      forbids: forbiddenPlaces({ allowLoopback: true }),
    });
    expect(await other.post('', never, { family })).toMatchObject({ ok: true });
    expect(server.heard).toHaveLength(1);
  });

  it('is judged again for each connection: a name may stand for something else by then (DNS rebinding)', async () => {
    const server = await lab.server((response) => response.setHeader('connection', 'close').end('{}'));
    let isSafe = true;
    const forbids = () => (isSafe ? undefined : 'it is a loopback address');
    const exchange = lab.exchange(server.url('tracker.example'), { forbids, lookUp: naming('127.0.0.1') });
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
    isSafe = false;
    expect(await exchange.post('', never)).toMatchObject({ ok: false, fault: 'forbidden' });
    expect(server.connections).toBe(1);
  });

  it('that is forbidden is not repeated', async () => {
    let judged = 0;
    const forbids = () => `no ${String(judged++)}`;
    const options = { url: 'http://127.0.0.1:9/', peerId: 'peer', requestMillis: 20_000, retriesMax: 5, forbids };
    const client = lab.keep(new PpstpClient(options));
    expect(await client.statReport()).toEqual({ ok: false, fault: 'forbidden', reason: 'not contacted: no 0' });
    expect(judged).toBe(1);
  });
});
