import { TrackerError } from './errors';
import { planTracker } from './plan';
import type { TrackerSettings } from './settings';

describe('the settings of a tracker', () => {
  it('need nothing but an address', () => {
    expect(planTracker({ listen: '192.0.2.1:7846' })).toMatchObject({
      host: '192.0.2.1',
      port: 7846,
      path: '/',
      options: { trackMicros: 180_000_000, superNodes: [], allowLoopback: false },
    });
  });

  it.each([
    ['[::]:1', '::', false],
    ['[::1]:1', '::1', true],
    ['127.2.0.1:7846', '127.2.0.1', true],
    ['0.0.0.0:0', '0.0.0.0', false],
  ])('listen on %s', (listen, host, allowLoopback) => {
    expect(planTracker({ listen })).toMatchObject({ host, options: { allowLoopback } });
  });

  it('behind a proxy of the same machine serves peers of others', () => {
    const behind = { listen: '127.0.0.1:7846', trustedProxies: ['127.0.0.1/32'] };
    expect(planTracker(behind).options.allowLoopback).toBe(false);
    expect(planTracker({ ...behind, allowLoopback: true }).options.allowLoopback).toBe(true);
  });

  it('take everything else that an operator may say', () => {
    const plan = planTracker({
      listen: '127.0.0.1:1',
      path: '/video_1',
      superNodes: ['127.3.0.1', '2001:db8::/32'],
      subscribers: ['127.1.0.0/16'],
      allowLoopback: false,
      peerTimeoutSeconds: 2.5,
    });
    expect(plan).toMatchObject({ path: '/video_1', options: { trackMicros: 2_500_000, allowLoopback: false } });
    expect(plan.options.superNodes).toMatchObject([
      { nodes: [{ length: 32 }, { length: 32 }], subscribers: [{ bytes: [127, 1, 0, 0], length: 16 }] },
    ]);
  });

  it('take groups of super nodes, beside those that stand alone', () => {
    const group = { nodes: ['192.0.2.0/28'], subscribers: ['198.51.100.0/24'] };
    const { options } = planTracker({
      listen: '127.0.0.1:1',
      superNodes: ['192.0.2.200', group, { nodes: ['2001:db8::/64'] }],
      subscribers: ['203.0.113.0/24'],
    });
    expect(options.superNodes).toMatchObject([
      { nodes: [{ length: 32 }], subscribers: [{ bytes: [203, 0, 113, 0] }] },
      { nodes: [{ length: 28 }], subscribers: [{ bytes: [198, 51, 100, 0] }] },
      { nodes: [{ length: 64 }], subscribers: [{ bytes: [203, 0, 113, 0] }] },
    ]);
  });

  it('secure what they are told to', () => {
    const files = { certificateFile: '/c.pem', keyFile: '/k.pem' };
    expect(
      planTracker({
        listen: '127.0.0.1:1',
        tls: { ...files, clientCaFile: '/ca.pem' },
        authentication: { usersFile: '/users' },
        stateDirectory: '/state',
        admin: {},
        limits: { peers: 10, connections: 5, requestsPerSecond: 7 },
      }),
    ).toMatchObject({
      tls: { files, selfSigned: false, clientCertificates: 'request' },
      authentication: { digest: 'closed-swarms', realm: 'weir' },
      admin: { host: '127.0.0.1', port: 7847, tokenFile: '/state/admin-token' },
      options: { peersMax: 10 },
      server: { connections: 5, connectionsPerPrefix: 256, admission: { known: { perSecond: 7, burst: 70 } } },
    });
    expect(planTracker({ listen: '127.0.0.1:1', tls: { selfSignedDirectory: '/state' } }).tls).toMatchObject({
      files: { certificateFile: '/state/tracker-cert.pem', keyFile: '/state/tracker-key.pem' },
      selfSigned: true,
      clientCertificates: 'off',
    });
  });

  const wrong: [string, Partial<TrackerSettings>][] = [
    ['listen', { listen: 'localhost:80' }],
    ['listen', { listen: '127.0.0.1' }],
    ['listen', { listen: '127.0.0.1:65536' }],
    ['listen', { listen: '::1:80' }],
    ['path', { path: 'video' }],
    ['path', { path: '/:id' }],
    ['path', { path: '/healthz' }],
    ['superNodes', { superNodes: ['127.3.0.1/40'] }],
    ['subscribers', { superNodes: ['127.3.0.1'], subscribers: ['all'] }],
    ['subscribers', { subscribers: ['all'] }],
    ['peerTimeoutSeconds', { peerTimeoutSeconds: 0 }],
    ['peerTimeoutSeconds', { peerTimeoutSeconds: Number.NaN }],
    ['membership', { membershipDirectory: '' }],
    ['membership', { membershipDirectory: '/ca', membershipKey: '/key.pem', membershipCertificate: '/ca.pem' }],
    ['membership', { membershipKey: '/key.pem' }],
    ['membership', { membershipCertificate: '/ca.pem' }],
    ['superNodes.nodes', { superNodes: [{ nodes: ['everywhere'] }] }],
    ['superNodes.subscribers', { superNodes: [{ nodes: ['::1'], subscribers: ['all'] }] }],
    ['tls', { tls: {} }],
    ['tls', { tls: { certificateFile: '/c.pem' } }],
    ['tls.keyFile', { tls: { certificateFile: '/c.pem', keyFile: '' } }],
    ['tls.selfSignedDirectory', { tls: { selfSignedDirectory: '/d', keyFile: '/k.pem' } }],
    ['tls.clientCertificates', { tls: { selfSignedDirectory: '/d', clientCertificates: 'require' } }],
    ['authentication.realm', { authentication: { realm: 'a:b' } }],
    ['authentication.realm', { authentication: { realm: 'vidéo' } }],
    ['authentication.digest', { authentication: { digest: 'always' } }],
    ['trustedProxies', { trustedProxies: ['proxy'] }],
    ['asnFile', { asnFile: '' }],
    ['stateDirectory', { stateDirectory: '' }],
    ['admin.tokenFile', { admin: {} }],
    ['admin.listen', { admin: { listen: 'here', tokenFile: '/t' } }],
    ['limits.peers', { limits: { peers: 0 } }],
    ['limits.connections', { limits: { connections: 1.5 } }],
    ['limits.requestsPerSecond', { limits: { requestsPerSecond: 10_000_000 } }],
  ];

  it.each(wrong)('refuse a wrong %s: %j', (setting, settings) => {
    const plan = () => planTracker({ listen: '127.0.0.1:1', ...settings });
    expect(plan).toThrow(TrackerError);
    expect(caught(plan)).toMatchObject({ code: 'TRACKER_SETTING_INVALID', details: { setting } });
  });
});

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
