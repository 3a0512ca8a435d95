import type { PeerInfo } from '@weir/ppstp';

import { PpstpClient } from './client/ppstp-client';
import { Registration } from './registration';
import { HostileTracker, responseTo, until } from './registration.testing';

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

const addresses = [{ ip: '192.0.2.1', port: 7000 }];

function peer(ip: string, members: Partial<PeerInfo['address']> = {}, peerId = ip): PeerInfo {
  return { peerId, address: { ip, port: 7000, priority: 1, type: 'HOST', ...members } };
}

/** A tracker that answers every CONNECT, and every FIND with this. */
async function listing(peers: () => readonly PeerInfo[]) {
  const tracker = await HostileTracker.start((body, response) => {
    const list = body.includes('"FIND"') ? peers() : [];
    response.end(responseTo(body, { results: [{ swarmId: 'aa', successful: true, peers: list }] }));
  });
  running.push(tracker);
  return tracker;
}

/** Somebody with these trackers, in the swarm `aa`. By himself he would not speak to trackers on this host. */
function registered(...trackers: readonly HostileTracker[]) {
  const client = (url: string) => new PpstpClient({ url, peerId: 'me', requestMillis: 20_000, retriesMax: 0 });
  const urls = trackers.map(({ url }) => url);
  const settings = { trackers: urls, addresses, peerId: 'me', lookupSeconds: 0.01, reportSeconds: 3600 };
  const registration = new Registration(settings, { client });
  running.push({ close: () => registration.stop() });
  registration.join('aa', 'LEECH');
  registration.start();
  return registration;
}

const ipsOf = async (registration: Registration) =>
  (await registration.peersFor('aa')).map(({ address }) => address.ip);

it('of what a tracker lists, a peer elsewhere is believed, and nothing else', async () => {
  const here = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::', '169.254.169.254', 'fe80::1'];
  const disguised = [
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::1',
    '::127.0.0.1',
    'fd00::5efe:127.0.0.1',
  ];
  const nowhere = ['224.0.0.1', 'ff02::1', '255.255.255.255', '240.0.0.1'];
  const tracker = await listing(() => [
    ...[...here, ...disguised, ...nowhere].map((ip) => peer(ip)),
    // Ourselves, by address and by peer ID.
    peer('192.0.2.1', {}, 'somebody'),
    peer('192.0.2.9', {}, 'me'),
    peer('192.0.2.7'),
  ]);
  expect(await ipsOf(registered(tracker))).toEqual(['192.0.2.7']);
});

it('a list that names the same peer again and again names it once, the best there is of it', async () => {
  const tracker = await listing(() => Array.from({ length: 200 }, (_, at) => peer('192.0.2.7', { priority: at })));
  expect(await registered(tracker).peersFor('aa')).toEqual([
    { peerId: '192.0.2.7', address: { ip: '192.0.2.7', port: 7000 }, priority: 199 },
  ]);
});

it('lists that never repeat themselves are cut', async () => {
  let next = 0;
  const fresh = () => peer(`198.51.${String(Math.floor(next / 250) % 250)}.${String(next++ % 250)}`);
  const endless = () => listing(() => Array.from({ length: 1_000 }, fresh));
  const registration = registered(await endless(), await endless());
  await until(() => registration.trackers.every(({ state }) => state === 'connected'));
  // 256 are read of each list, and as many are taken of all of them.
  expect(new Set(await ipsOf(registration)).size).toBe(256);
});

it.each<[string, (body: string) => string]>([
  ['a list without end', (body) => responseTo(body).replace('{', `{"x":"${'y'.repeat(300_000)}",`)],
  ['the answer to another transaction', (body) => responseTo(body, { transactionId: 'other' })],
  ['a list that is none', (body) => responseTo(body).replace('}', ',"swarm_result":7}')],
  ['nonsense', () => '<html>'],
])('%s costs the peers of that tracker, and of no other', async (_, answer) => {
  const hostile = await HostileTracker.start((body, response) => response.end(answer(body)));
  running.push(hostile);
  const registration = registered(hostile, await listing(() => [peer('192.0.2.7')]));
  await until(() => registration.trackers[1]?.state === 'connected' && registration.trackers[0]?.state === 'failed');
  expect(await ipsOf(registration)).toEqual(['192.0.2.7']);
});

it('a tracker that denies us after each CONNECT does not have us run in circles', async () => {
  const tracker = await HostileTracker.start((body, response) => {
    response.end(responseTo(body, body.includes('"FIND"') ? { errorCode: 3 } : {}));
  });
  running.push(tracker);
  const registration = registered(tracker);
  await until(() => registration.trackers[0]?.state === 'connected');
  const before = tracker.heard.length;
  expect(await ipsOf(registration)).toEqual([]);
  // The FIND, a sign of life, a CONNECT, and the FIND once more.
  expect(tracker.heard.length - before).toBeLessThanOrEqual(4);
});
