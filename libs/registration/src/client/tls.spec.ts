import type { ServerOptions } from 'node:https';
import tls from 'node:tls';

import { certify, type Certified, Lab, naming, never } from './exchange.testing';
import type { HttpExchangeOptions } from './http-exchange';
import { PpstpClient } from './ppstp-client';
import { tlsProblem, type TrackerTls } from './tls';

const lab = new Lab();
afterEach(() => lab.close());

const host = 'tracker.example';
const lookUp = naming('127.0.0.1');

const made: Record<'authority' | 'stranger' | 'server' | 'member' | 'foreigner' | 'lonely', Certified> =
  Object.create(null);

beforeAll(async () => {
  made.authority = await certify({ name: 'authority', authority: true });
  made.stranger = await certify({ name: 'stranger', authority: true });
  made.server = await certify({ name: host, hosts: [host, '127.0.0.1'], issuer: made.authority });
  made.member = await certify({ name: 'member', issuer: made.authority });
  made.foreigner = await certify({ name: 'member', issuer: made.stranger });
  made.lonely = await certify({ name: host, hosts: [host] });
});

const serving = ({ certificate, key }: Certified): ServerOptions => ({ cert: certificate, key });

/** What happens with a server like this, and what it heard. */
async function attempt(server: ServerOptions, shown: TrackerTls, options: Partial<HttpExchangeOptions> = {}) {
  const tracker = await lab.server((response) => response.end('{}'), server);
  const exchange = lab.exchange(tracker.url(host), { tls: shown, lookUp, ...options });
  return { exchanged: await exchange.post('body', never), tracker };
}

describe('a tracker by HTTPS', () => {
  it('is believed by its CA, which is then the only one', async () => {
    const { exchanged, tracker } = await attempt(serving(made.server), { ca: made.authority.certificate });
    expect(exchanged).toMatchObject({ ok: true, text: '{}' });
    expect(tracker.heard).toMatchObject([{ method: 'POST', body: 'body' }]);
  });

  it('is believed by its address, without a name', async () => {
    const tracker = await lab.server((response) => response.end('{}'), serving(made.server));
    const exchange = lab.exchange(tracker.url(), { tls: { ca: made.authority.certificate } });
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
  });

  it('is believed by its own certificate, if that is the one we were given', async () => {
    const { exchanged } = await attempt(serving(made.lonely), { ca: made.lonely.certificate });
    expect(exchanged).toMatchObject({ ok: true });
  });

  it('may demand a certificate of ours', async () => {
    const server = { ...serving(made.server), ca: made.authority.certificate, requestCert: true };
    const { certificate, key } = made.member;
    const { exchanged } = await attempt(server, { ca: made.authority.certificate, certificate, key });
    expect(exchanged).toMatchObject({ ok: true });
  });

  const bad: [string, () => Promise<ServerOptions>, RegExp][] = [
    [
      'for another name',
      async () => serving(await issued({ name: host, hosts: ['other.example'] })),
      /for another name/,
    ],
    ['that has expired', async () => serving(await issued({ name: host, hosts: [host], days: -2 })), /has expired/],
    [
      'that is not valid yet',
      async () => serving(await issued({ name: host, hosts: [host], days: 2 })),
      /not valid yet/,
    ],
    ['that it signed itself', () => Promise.resolve(serving(made.lonely)), /signed by nobody we trust/],
    [
      'of another CA',
      async () => serving(await issued({ name: host, hosts: [host], issuer: made.stranger })),
      /nobody we trust/,
    ],
    [
      'of somebody who is no CA',
      async () => serving(await issued({ name: host, hosts: [host], issuer: made.member })),
      /nobody we trust|CA/,
    ],
  ];
  const issued = (wish: Parameters<typeof certify>[0]) => certify({ issuer: made.authority, ...wish });

  it.each(bad)('with a certificate %s hears nothing, and the operator hears why', async (_, server, reason) => {
    const { exchanged, tracker } = await attempt(await server(), { ca: made.authority.certificate });
    expect(exchanged).toEqual({ ok: false, fault: 'certificate', reason: expect.stringMatching(reason) });
    expect(tracker.heard).toEqual([]);
  });

  it('needs a CA that we know, whatever the environment says', async () => {
    // NODE_TLS_REJECT_UNAUTHORIZED counts where nobody says otherwise; what it is, is read outside the tests' own environment.
    const connect = jest.spyOn(tls, 'connect');
    const { exchanged, tracker } = await attempt(serving(made.lonely), {});
    expect(connect).toHaveBeenCalledWith(expect.objectContaining({ rejectUnauthorized: true }));
    connect.mockRestore();
    expect(exchanged).toMatchObject({ ok: false, fault: 'certificate' });
    expect(tracker.heard).toEqual([]);
  });

  it.each<[string, () => TrackerTls, 'TLSv1.2' | 'TLSv1.3']>([
    ['none', () => ({}), 'TLSv1.2'],
    ['none', () => ({}), 'TLSv1.3'],
    ['one of another CA', () => made.foreigner, 'TLSv1.2'],
    ['one of another CA', () => made.foreigner, 'TLSv1.3'],
  ])('that demands a certificate and gets %s: the operator hears so (%#)', async (_, own, maxVersion) => {
    const server = { ...serving(made.server), ca: made.authority.certificate, requestCert: true, maxVersion };
    const { certificate, key } = own();
    const { exchanged, tracker } = await attempt(server, { ca: made.authority.certificate, certificate, key });
    expect(exchanged).toMatchObject({ ok: false, reason: expect.stringContaining('a certificate of ours') });
    expect(tracker.heard).toEqual([]);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('that speaks no more than %s hears nothing', async (maxVersion) => {
    // It takes some persuasion to get such a server.
    const old = { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const { exchanged, tracker } = await attempt(
      { ...serving(made.server), ...old },
      { ca: made.authority.certificate },
    );
    expect(exchanged).toEqual({ ok: false, fault: 'tls', reason: 'it speaks no TLS 1.2 or later' });
    expect(tracker.heard).toEqual([]);
  });

  it('that speaks HTTP there is told from others', async () => {
    const tracker = await lab.server((response) => response.end('{}'));
    const exchange = lab.exchange(tracker.url(host).replace('http:', 'https:'), { lookUp });
    expect(await exchange.post('', never)).toMatchObject({
      ok: false,
      fault: 'tls',
      reason: expect.stringContaining('http:'),
    });
  });

  it('that has answered before, and hangs up, says nothing about certificates', async () => {
    const tracker = await lab.server((response) => {
      if (tracker.heard.length === 1) response.end('{}');
      else response.destroy();
    }, serving(made.server));
    const exchange = lab.exchange(tracker.url(host), { tls: { ca: made.authority.certificate }, lookUp });
    expect(await exchange.post('', never)).toMatchObject({ ok: true });
    expect(await exchange.post('', never)).toEqual({ ok: false, fault: 'unreachable', reason: 'UND_ERR_SOCKET' });
  });

  it('is not asked again at once: a certificate stays as it is', async () => {
    const tracker = await lab.server((response) => response.end('{}'), serving(made.lonely));
    const options = { url: tracker.url(host), lookUp, peerId: 'peer', requestMillis: 20_000, retriesMax: 5 };
    const client = lab.keep(new PpstpClient(options));
    expect(await client.statReport()).toMatchObject({ ok: false, fault: 'certificate' });
    expect(tracker.connections).toBe(1);
  });
});

describe('what an operator names', () => {
  const cases: [string, () => TrackerTls, ReturnType<typeof tlsProblem>][] = [
    ['nothing', () => ({}), undefined],
    ['a CA', () => ({ ca: made.authority.certificate }), undefined],
    ['two CAs', () => ({ ca: made.authority.certificate + made.stranger.certificate }), undefined],
    ['certificate and key', () => made.member, undefined],
    ['no CA', () => ({ ca: 'none' }), { part: 'ca', remedy: expect.stringContaining('PEM') }],
    ['a key as CA', () => ({ ca: made.member.key }), { part: 'ca', remedy: expect.stringContaining('PEM') }],
    [
      'a broken CA',
      () => ({ ca: made.authority.certificate.replace(/MII/, 'MIJ') }),
      { part: 'ca', remedy: expect.any(String) },
    ],
    [
      'no certificate',
      () => ({ certificate: 'x', key: made.member.key }),
      { part: 'certificate', remedy: expect.any(String) },
    ],
    [
      'a certificate alone',
      () => ({ certificate: made.member.certificate }),
      { part: 'key', remedy: expect.any(String) },
    ],
    ['a key alone', () => ({ key: made.member.key }), { part: 'certificate', remedy: expect.any(String) }],
    [
      'another key',
      () => ({ certificate: made.member.certificate, key: made.server.key }),
      { part: 'key', remedy: expect.any(String) },
    ],
    ['no key', () => ({ certificate: made.member.certificate, key: 'x' }), { part: 'key', remedy: expect.any(String) }],
  ];

  it.each(cases)('%s', (_, named, problem) => {
    const { ca, certificate, key } = named();
    expect(tlsProblem({ ca, certificate, key })).toEqual(problem);
  });
});
