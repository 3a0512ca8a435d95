import * as fc from 'fast-check';

import { limits } from '../limits';
import { readJson as readBounded } from './json-text';

const valuesMax = 4_000;
const readJson = (text: string): unknown => readBounded(text, valuesMax);

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('JSON of a stranger', () => {
  it('is what the parser makes of it, as far as the bounds go', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: limits.jsonDepthMax - 1 }), (value) => {
        const text = JSON.stringify(value);
        expect(readJson(text)).toEqual(JSON.parse(text));
        expect(readJson(JSON.stringify(value, undefined, 2))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is read whatever its strings look like', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('\\', '"', ':', ',', '{', ']', 'n', '\u2028') })),
        (texts) => {
          const object = Object.fromEntries(texts.map((text) => [text, text]));
          expect(readJson(JSON.stringify(object))).toEqual(object);
        },
      ),
    );
  });

  it('is nested no deeper than the bound', () => {
    expect(readJson(nested(limits.jsonDepthMax))).toBeDefined();
    expect(readJson(nested(limits.jsonDepthMax + 1))).toBeUndefined();
    expect(readJson(nested(100_000))).toBeUndefined();
  });

  it('holds no more values than the bound', () => {
    const array = (values: number) => `[${Array<number>(values).fill(1).join(',')}]`;
    // The array is one, too.
    expect(readJson(array(valuesMax - 1))).toBeDefined();
    expect(readJson(array(valuesMax))).toBeUndefined();
    const object = (members: number) =>
      `{${Array.from({ length: members }, (_, at) => `"${String(at)}":1`).join(',')}}`;
    expect(readJson(object(valuesMax - 1))).toBeDefined();
    expect(readJson(object(valuesMax))).toBeUndefined();
  });

  it.each([
    ['a name that stands twice', '{"a":1,"a":2}'],
    ['a name that stands twice with one value', '{"a":1,"b":0,"a":1}'],
    ['a name that is written in two ways', '{"a":1,"\\u0061":2}'],
    ['a name that stands twice in an object within', '[{"b":{"c":{"a":{},"a":{}}}}]'],
    ['a name that stands twice beside others', '{"a":[{"a":1}],"b":"a","a":[]}'],
    ['an empty name that stands twice', '{"":1,"":2}'],
    ['a prototype that stands twice', '{"__proto__":1,"__proto__":2}'],
    ['members within a member that stands twice', '{"a":{"x":1,"y":2},"a":{"z":{"a":1}}}'],
  ])('is refused for %s', (_, text) => {
    expect(JSON.parse(text)).toBeDefined();
    expect(readJson(text)).toBeUndefined();
  });

  it.each([
    '',
    '{',
    '"',
    '"a',
    '"\\',
    '"\\"',
    '{"a":1',
    '{"a"}',
    '[1,]',
    '{"a":1,}',
    'nothing',
    '1 2',
    '\u0000',
    '{"a"::1}',
  ])('is nothing where it is none: %j', (text) => {
    expect(readJson(text)).toBeUndefined();
  });

  it('may have one name in several objects', () => {
    const text = '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}';
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  it('may have a member that is called as what all objects have', () => {
    expect(readJson('{"__proto__":{"a":1},"toString":2}')).toEqual(JSON.parse('{"__proto__":{"a":1},"toString":2}'));
  });

  it('never throws', () => {
    const piece = fc.constantFrom(...Array.from('{}[]",:\\a1 '), 'null', '"a":', '\ud800');
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 200 }), (text) => {
        expect(() => readJson(text)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});
