import { DigestRealm, ha1 } from '@weir/digest';

import { responseTo } from '../registration.testing';
import { Lab, never, type TestServer } from './exchange.testing';
import { PpstpClient } from './ppstp-client';

const lab = new Lab();
afterEach(() => lab.close());

const credentials = { username: 'anna', password: 'secret' };

/** A tracker that lets anna in, and its realm. */
async function guarded() {
  const clock = { now: 1_700_000_000_000 };
  const realm = new DigestRealm({
    ...{ realm: 'tracker', secret: Buffer.alloc(32, 1), nonceMillis: 60_000, now: () => clock.now },
    ha1Of: (user) => (user === 'anna' ? ha1('anna', 'tracker', 'secret') : undefined),
  });
  const tracker = await lab.server((response, { method, url, headers: { authorization } }) => {
    const verified = realm.verify({ method, uri: url, authorization });
    if (!verified.ok) {
      response.setHeader('www-authenticate', realm.challenge({ stale: verified.reason === 'stale' }));
      response.writeHead(401).end('who are you?');
    } else {
      if (verified.info !== undefined) response.setHeader('authentication-info', verified.info);
      response.end('{}');
    }
  });
  return { clock, realm, tracker };
}

const vouched = (tracker: TestServer) =>
  tracker.heard.map(({ headers }) => /nc=(\d+)/.exec(headers.authorization ?? '')?.[1]);

it('answers a challenge once, and vouches for later requests unasked', async () => {
  const { tracker } = await guarded();
  const exchange = lab.exchange(`${tracker.url()}announce?key=1`, { credentials });
  for (let time = 0; time < 3; time++)
    expect(await exchange.post('body', never)).toMatchObject({ ok: true, text: '{}' });
  expect(vouched(tracker)).toEqual([undefined, '00000001', '00000002', '00000003']);
  expect(tracker.heard.every(({ body, url }) => body === 'body' && url === '/announce?key=1')).toBe(true);
  expect(JSON.stringify(tracker.heard)).not.toContain('secret');
});

it('takes the next nonce that it is told, and a new one when the old is stale, without a word to anybody', async () => {
  const { tracker, clock } = await guarded();
  const exchange = lab.exchange(tracker.url(), { credentials });
  const post = async () => expect(await exchange.post('', never)).toEqual({ ok: true, status: 200, text: '{}' });
  await post();
  clock.now += 40_000;
  await post();
  // By the nonce that came with the answer before.
  clock.now += 25_000;
  await post();
  expect(vouched(tracker)).toEqual([undefined, '00000001', '00000002', '00000001']);
  clock.now += 100_000;
  await post();
  expect(vouched(tracker).slice(4)).toEqual(['00000002', '00000001']);
});

it('is used by several requests at a time', async () => {
  const { tracker } = await guarded();
  const exchange = lab.exchange(tracker.url(), { credentials });
  const all = await Promise.all(Array.from({ length: 8 }, () => exchange.post('', never)));
  expect(all.every((one) => one.ok && one.status === 200)).toBe(true);
});

it.each([
  ['a wrong password', { username: 'anna', password: 'other' }, 'it refuses our user name or password', 2],
  ['an unknown name', { username: 'berta', password: 'secret' }, 'it refuses our user name or password', 2],
  ['nobody', undefined, 'it asks for a user name and password', 1],
])('tells what became of %s, after as few requests as that takes', async (_, named, denied, requests) => {
  const { tracker } = await guarded();
  const exchange = lab.exchange(tracker.url(), { credentials: named });
  expect(await exchange.post('', never)).toEqual({ ok: true, status: 401, text: 'who are you?', denied });
  expect(tracker.heard).toHaveLength(requests);
});

it.each([
  ['Basic', 'Basic realm="x"'],
  ['MD5', 'Digest realm="x", qop="auth", algorithm=MD5, nonce="n"'],
  ['nothing', undefined],
])('shows no password to who offers %s', async (_, challenge) => {
  const tracker = await lab.server((response) => {
    response.writeHead(401, challenge === undefined ? {} : { 'www-authenticate': challenge }).end();
  });
  const exchange = lab.exchange(tracker.url(), { credentials });
  const denied = 'it offers no HTTP Digest with SHA-256';
  expect(await exchange.post('', never)).toMatchObject({ ok: true, status: 401, denied });
  expect(tracker.heard).toHaveLength(1);
  expect(tracker.heard[0]?.headers).not.toHaveProperty('authorization');
});

it('stops after one repetition, whatever the tracker says is stale', async () => {
  let nonce = 0;
  const tracker = await lab.server((response) => {
    const challenge = `Digest realm="x", qop="auth", algorithm=SHA-256, nonce="${String(nonce++)}", stale=true`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
  });
  const exchange = lab.exchange(tracker.url(), { credentials });
  expect(await exchange.post('', never)).toMatchObject({ status: 401 });
  expect(tracker.heard).toHaveLength(2);
  // What was refused is not shown again unasked.
  expect(await exchange.post('', never)).toMatchObject({ status: 401 });
  expect(tracker.heard.map(({ headers }) => headers.authorization !== undefined)).toEqual([false, true, false, true]);
});

it('lets a client tell an operator why', async () => {
  const { tracker } = await guarded();
  const options = { peerId: 'peer', requestMillis: 20_000, retriesMax: 5 };
  const silent = lab.keep(new PpstpClient({ url: tracker.url(), ...options }));
  const reason = 'it asks for a user name and password';
  expect(await silent.statReport()).toEqual({ ok: false, fault: 'unauthorized', reason, status: 401 });
  const ppstp = await lab.server((response, { body }) =>
    response.writeHead(401).end(responseTo(body, { errorCode: 6 })),
  );
  const told = lab.keep(new PpstpClient({ url: ppstp.url(), ...options }));
  expect(await told.statReport()).toMatchObject({ ok: true, response: { errorCode: 6 }, denied: reason });
  expect([tracker.heard.length, ppstp.heard.length]).toEqual([1, 1]);
});
