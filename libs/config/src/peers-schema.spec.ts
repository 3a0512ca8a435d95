import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseIp, parsePrefix, type Prefix, PrefixTable, prefixContains } from '@weir/ppspp';
import fc from 'fast-check';
import { type NetworkOrigin, networksOf, parseAsnTable } from './asn-file';
import { parseAsn } from './autonomous-system';
import { parseBitRate } from './bit-rate';
import { ConfigError } from './errors';
import { loadConfig } from './load';

const folder = mkdtempSync(join(tmpdir(), 'weir-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(peers: object) {
  const file = join(folder, 'weir.yaml');
  writeFileSync(file, JSON.stringify({ peers }));
  return loadConfig({ env: {}, file }).peers;
}

function problem(peers: object): string {
  try {
    load(peers);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

const table = join(folder, 'asn.csv');
writeFileSync(
  table,
  [
    'prefix,asn',
    '# of a route collector',
    '198.51.100.0/24,64500',
    '198.51.100.128/25,AS64501',
    '203.0.113.0/24,64502',
    '"2001:db8::/32",64500',
    '',
  ].join('\n'),
);

it('reads who is asked first and who never', () => {
  const peers = load({ siblings: ['192.0.2.7/32'], asn: 'AS64500', asnFile: table, forbiddenAsns: [64_503, '64504'] });
  expect(peers).toMatchObject({
    siblings: [{ ip: '192.0.2.7', length: 32 }],
    asn: 64_500,
    forbiddenAsns: [64_503, 64_504],
  });
  // The network of a third system is of no account.
  expect(peers.networks.map(([, asn]) => asn)).toEqual([64_500, 64_501, 64_500]);
});

it('refuses a table that nobody asked for, is not there, or cannot be read', () => {
  expect(problem({ asnFile: table })).toContain('neither peers.asn nor peers.forbiddenAsns');
  expect(problem({ asn: 64_500, asnFile: '/nowhere' })).toContain('peers.asnFile = "/nowhere"');
  const bad = join(folder, 'bad.csv');
  writeFileSync(bad, 'prefix,asn\n198.51.100.0/24;64500\n');
  expect(problem({ asn: 64_500, asnFile: bad })).toContain('line 2 is no PREFIX,ASN');
});

it.each<[object, string]>([
  [{ asn: -1 }, 'peers.asn = -1'],
  [{ asn: 2 ** 32 }, 'peers.asn = 4294967296'],
  [{ forbiddenAsns: ['AS0'] }, 'peers.forbiddenAsns[0] = "AS0"'],
  [{ forbidden: ['10.0.0.1/8'] }, 'peers.forbidden[0] = "10.0.0.1/8"'],
])('refuses %j', (peers, expected) => {
  expect(problem(peers)).toContain(expected);
});

it('keeps of a table what tells some systems from others', () => {
  const prefix = fc.tuple(fc.nat(3), fc.nat(255), fc.integer({ min: 6, max: 24 })).map(([one, two, length]): Prefix => {
    const bytes = [one * 64, two, 0, 0];
    const found = parsePrefix(`${bytes.join('.')}/32`);
    return masked(found?.bytes ?? bytes, length);
  });
  const origin = fc.tuple(prefix, fc.integer({ min: 1, max: 4 }));
  fc.assert(
    fc.property(fc.array(origin, { maxLength: 30 }), fc.subarray([1, 2, 3, 4]), fc.ipV4(), (origins, chosen, ip) => {
      const unique = [
        ...new Map(origins.map((entry) => [`${entry[0].bytes.join('.')}/${String(entry[0].length)}`, entry])).values(),
      ];
      const systems = new Set(chosen);
      const address = parseIp(ip) ?? [];
      const isIn = (entries: readonly NetworkOrigin[]): boolean =>
        systems.has(new PrefixTable(entries).find(address) ?? 0);
      const kept = networksOf(unique, systems);
      expect(isIn(kept)).toBe(isIn(unique));
      for (const [{ bytes }, asn] of kept)
        if (!systems.has(asn))
          expect(kept.some(([wider, other]) => systems.has(other) && prefixContains(wider, bytes))).toBe(true);
    }),
  );
});

function masked(bytes: readonly number[], length: number): Prefix {
  const keep = (byte: number, bits: number): number => byte - (byte % 2 ** (8 - Math.min(8, Math.max(0, bits))));
  return { bytes: bytes.map((byte, at) => keep(byte, length - 8 * at)), length };
}

it.each([
  ['64500', 64_500],
  ['as4294967295', 4_294_967_295],
])('reads %s as a system', (text, value) => expect(parseAsn(text)).toEqual({ value }));

it.each(['0', 'AS', '4294967296', '64500.1', '-1'])('refuses %j as a system', (text) =>
  expect(parseAsn(text)).toHaveProperty('remedy'),
);

it.each([
  ['0', 0],
  ['1000000', 1e6],
  ['10Gbit', 1e10],
  ['2.5 Gbit/s', 2.5e9],
  ['100kbit', 1e5],
])('reads %s as bits a second', (text, value) => expect(parseBitRate(text)).toEqual({ value }));

it.each(['', '10G', '10 GB', '-1', '1e9', '10Gbit/h'])('refuses %j as bits a second', (text) =>
  expect(parseBitRate(text)).toHaveProperty('remedy'),
);

it('names the line that cannot be read', () => {
  expect(parseAsnTable('1.2.3.0/24,1\n1.2.3.0/33,1')).toEqual({ remedy: expect.stringContaining('line 2') });
});
