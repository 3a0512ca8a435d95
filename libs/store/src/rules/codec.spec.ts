import fc from 'fast-check';
import { chunkAddressings, hashFunctions } from '@weir/ppspp';
import { seal } from '../integrity/seal';
import { decodeRule, encodeRule } from './codec';
import { type RuleChange, isIdle, type SwarmRule } from './rule';

const whole = fc.maxSafeNat();
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const blocked = fc.record(
  { reason: text, since: whole, bytes: whole, extents: whole, erasedAt: whole },
  { requiredKeys: ['reason', 'since', 'bytes', 'extents'] },
);
const content = fc.record({
  hash: fc.constantFrom(...hashFunctions),
  addressing: fc.constantFrom(...chunkAddressings),
  chunkSize: whole,
});
const swarmRule: fc.Arbitrary<SwarmRule> = fc.record(
  {
    ...{ pinned: fc.boolean(), content, label: text, tracker: text, blocked },
    ...{ quotaBytes: whole, fetchRate: whole, serveRate: whole },
  },
  { requiredKeys: [] },
);
const swarmId = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const anyChange: fc.Arbitrary<RuleChange> = fc.oneof(
  fc.record({ kind: fc.constant('swarm' as const), swarmId, rule: swarmRule.filter((rule) => !isIdle(rule)) }),
  fc.record({ kind: fc.constantFrom('label' as const, 'tracker' as const), name: text, quotaBytes: whole }),
  fc.record({ kind: fc.constant('job' as const), name: text, text }),
);

it('round-trips any rule', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const { key, value } = encodeRule(change);
      expect(value && decodeRule(key, value)).toEqual(change);
    }),
  );
});

it.each([
  ['s', '[]'],
  ['s', '{'],
  ['s', '{"pinned":1}'],
  ['s', '{"label":1}'],
  ['s', '{"content":{"hash":"md5","addressing":"chunk32","chunkSize":1024}}'],
  ['s', '{"blocked":{}}'],
  ['s', '{"blocked":{"reason":"a","since":-1,"bytes":0,"extents":0}}'],
  ['s', '{"blocked":{"reason":"a","since":1,"bytes":0,"extents":0,"erasedAt":"x"}}'],
  ['s', '{"quotaBytes":0.5}'],
  ['l', '{}'],
  ['t', '{"quotaBytes":"1"}'],
  ['x', '{}'],
  ['', '{}'],
])('does not pass over a rule that it does not understand: %s %s', (key, value) => {
  expect(() => decodeRule(Buffer.from(key), seal(Buffer.from(key), Buffer.from(value)))).toThrow(/table of rules/);
});

it('does not take a rule with a flipped bit for another', () => {
  const key = Buffer.from('s');
  const value = seal(key, Buffer.from('{"quotaBytes":4}'));
  for (let bit = 0; bit < value.length * 8; bit++) {
    const flipped = Buffer.from(value);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => decodeRule(key, flipped)).toThrow(/not what was written/);
  }
});
