import { RegistrationError } from './errors';
import { planRegistration, type RegistrationSettings } from './settings';

const least: RegistrationSettings = { trackers: [], addresses: [] };

describe('the settings of a registration', () => {
  it('need nothing but trackers and addresses', () => {
    const plan = planRegistration({
      trackers: ['http://192.0.2.1:7846'],
      addresses: [{ ip: '::ffff:192.0.2.2', port: 7 }],
    });
    expect(plan).toMatchObject({
      trackers: [{ url: 'http://192.0.2.1:7846/', tier: 1, group: '', serve: 'subscribers' }],
      addresses: [{ ip: '192.0.2.2', port: 7 }],
      reportMillis: 60_000,
      requestMillis: 5_000,
      lookupMillis: 15_000,
      leaveMillis: 2_000,
      allowLoopback: false,
    });
    expect(plan.peerId).toMatch(/^[\da-f]{40}$/);
    expect(planRegistration(least).peerId).not.toBe(plan.peerId);
  });

  it('name a tracker once', () => {
    const trackers = ['http://192.0.2.1/', 'http://192.0.2.1:80'];
    expect(planRegistration({ ...least, trackers }).trackers).toMatchObject([{ url: 'http://192.0.2.1/' }]);
  });

  const wrong: [string, Partial<RegistrationSettings>][] = [
    ['trackers', { trackers: ['192.0.2.1:7846'] }],
    ['trackers', { trackers: ['ftp://192.0.2.1/'] }],
    ['trackers', { trackers: Array.from({ length: 17 }, (_, at) => `http://192.0.2.${String(at)}/`) }],
    ['addresses', { addresses: [{ ip: '0.0.0.0', port: 7000 }] }],
    ['addresses', { addresses: [{ ip: '127.0.0.1', port: 7000 }] }],
    ['addresses', { addresses: [{ ip: '192.0.2.1', port: 0 }] }],
    ['addresses', { addresses: [{ ip: '192.0.2.1', port: 65_536 }] }],
    ['addresses', { addresses: Array.from({ length: 9 }, (_, at) => ({ ip: '192.0.2.1', port: at + 1 })) }],
    ['peerId', { peerId: '' }],
    ['peerId', { peerId: 'a b' }],
    ['peerId', { peerId: 'a'.repeat(129) }],
    ['reportSeconds', { reportSeconds: 0 }],
    ['requestSeconds', { requestSeconds: Number.NaN }],
    ['lookupSeconds', { lookupSeconds: 3601 }],
    ['leaveSeconds', { leaveSeconds: -1 }],
    ['localAddress', { localAddress: 'eth0' }],
  ];

  it.each(wrong)('refuse a wrong %s: %j', (setting, settings) => {
    const error = caught(() => planRegistration({ ...least, ...settings }));
    expect(error).toBeInstanceOf(RegistrationError);
    expect(error).toMatchObject({ code: 'REGISTRATION_SETTING_INVALID', details: { setting } });
  });
});

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
