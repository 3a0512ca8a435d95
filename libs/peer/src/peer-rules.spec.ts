import { type Address, parsePrefix, type Prefix, type Standing } from '@weir/ppspp';
import fc from 'fast-check';
import { noPeerRules, PeerRules, type PeerRulesSettings } from './peer-rules';
import { type AddressPrefix, PrefixList } from './prefix-list';

function prefix(text: string): AddressPrefix {
  const [ip = '', length = ''] = text.split('/');
  return { ip, length: Number(length), family: ip.includes(':') ? 'ipv6' : 'ipv4' };
}

function network(text: string): Prefix {
  return parsePrefix(text) ?? { bytes: [0, 0, 0, 0], length: 32 };
}

const listening: Address = { ip: '198.51.100.1', port: 6778 };

function rulesOf(settings: Partial<PeerRulesSettings> = {}, isLab = false): PeerRules {
  return new PeerRules(
    { ...noPeerRules, ...settings },
    {
      subscribers: new PrefixList([prefix('100.64.0.0/10')]),
      own: new PrefixList([prefix('198.51.100.1/32'), prefix('127.0.0.0/8')]),
      listening: () => [isLab ? { ip: '127.0.0.1', port: 6778 } : listening],
      isLab,
    },
  );
}

const settings: Partial<PeerRulesSettings> = {
  siblings: [prefix('100.64.0.9/32'), prefix('192.0.2.9/32')],
  near: [prefix('203.0.113.0/24'), prefix('2001:db8::/32')],
  forbidden: [prefix('203.0.113.64/26'), prefix('192.0.2.128/25')],
  asn: 64_500,
  forbiddenAsns: [64_511],
  networks: [
    [network('8.0.0.0/8'), 64_500],
    [network('8.8.0.0/16'), 64_511],
    [network('8.8.8.0/24'), 64_500],
  ],
};

function standing(ip: string, asn?: number, port = 6778): Standing {
  return rulesOf(settings).standing({ address: { ip, port }, priority: 1, asn });
}

it.each<[string, Standing]>([
  ['192.0.2.9', 'sibling'],
  // A sibling among the subscribers is called, and not served as one of them.
  ['100.64.0.9', 'sibling'],
  ['100.64.0.8', 'subscriber'],
  ['203.0.113.1', 'near'],
  ['2001:db8::1', 'near'],
  ['8.1.1.1', 'near'],
  ['8.8.8.8', 'near'],
  ['9.9.9.9', 'far'],
  // Forbidden wins over all else, and over what is longer.
  ['203.0.113.65', 'forbidden'],
  ['192.0.2.129', 'forbidden'],
  ['8.8.1.1', 'forbidden'],
  ['198.51.100.1', 'own'],
  ['127.0.0.1', 'unusable'],
  ['169.254.1.1', 'unusable'],
  ['fe80::1', 'unusable'],
  ['224.0.0.1', 'unusable'],
  ['0.0.0.0', 'unusable'],
  ['::ffff:127.0.0.1', 'unusable'],
  ['somewhere', 'unusable'],
])('%s is %s', (ip, expected) => {
  expect(standing(ip)).toBe(expected);
});

it('refuses port 0', () => {
  expect(standing('9.9.9.9', undefined, 0)).toBe('unusable');
});

it('believes what a tracker says of a system only to refuse, where there is a table', () => {
  expect(standing('9.9.9.9', 64_500)).toBe('far');
  expect(standing('9.9.9.9', 64_511)).toBe('forbidden');
  const without = rulesOf({ ...settings, networks: undefined });
  expect(without.standing({ address: { ip: '9.9.9.9', port: 1 }, priority: 1, asn: 64_500 })).toBe('near');
});

it('calls others on loopback in a lab, and not itself nor its operators', () => {
  const lab = rulesOf({ reserved: [{ ip: '127.0.0.1', port: 9080 }] }, true);
  const at = (port: number): Standing => lab.standing({ address: { ip: '127.0.0.1', port }, priority: 1 });
  expect([at(6779), at(6778), at(9080)]).toEqual(['far', 'own', 'own']);
  expect(lab.standing({ address: { ip: '169.254.1.1', port: 1 }, priority: 1 })).toBe('unusable');
});

it('answers siblings and subscribers, and strangers only if it is to', () => {
  const closed = rulesOf(settings);
  const open = rulesOf({ ...settings, visitors: true });
  const from = (ip: string) => [closed, open].map((rules) => rules.admission({ ip, port: 1 }));
  expect(from('100.64.0.8')).toEqual(['serve', 'serve']);
  expect(from('100.64.0.9')).toEqual(['share', 'share']);
  expect(from('9.9.9.9')).toEqual(['refuse', 'visit']);
  expect(from('203.0.113.65')).toEqual(['refuse', 'refuse']);
});

it.each([
  ['9.9.9.9', true],
  ['192.0.2.9', true],
  // It is none of ours, so that it is named, refused and counted.
  ['203.0.113.65', true],
  ['100.64.0.8', false],
  ['198.51.100.1', false],
  ['127.0.0.1', false],
])('an origin at %s is outside: %s', (ip, outside) => {
  expect(rulesOf(settings).isOutside({ ip, port: 6778 })).toBe(outside);
});

it('never calls what is forbidden, of no use, or its own, whatever else is said of it', () => {
  const rules = rulesOf(settings);
  const forbidden = new PrefixList([prefix('203.0.113.64/26'), prefix('192.0.2.128/25')]);
  const ip = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.nat(255).map((host) => `203.0.113.${String(host)}`),
  );
  fc.assert(
    fc.property(ip, fc.option(fc.constantFrom(64_500, 64_511, 1), { nil: undefined }), (address, asn) => {
      const found = rules.standing({ address: { ip: address, port: 6778 }, priority: 0, asn });
      if (!forbidden.has({ ip: address, port: 1 }) && asn !== 64_511) return;
      expect(['forbidden', 'unusable', 'own']).toContain(found);
    }),
  );
});
