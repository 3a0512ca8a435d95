import * as fc from 'fast-check';
import { JsonSpans, type Span } from './json-spans';

/** Reads a text by spans alone. */
function read(spans: JsonSpans, text: string, span: Span): unknown {
  const first = text[span.start];
  if (first === '[') return spans.elements(span).map((element) => read(spans, text, element));
  if (first !== '{') return JSON.parse(text.slice(span.start, span.end));
  return Object.fromEntries(spans.members(span).map((member) => [member.name, read(spans, text, member)]));
}

const blanks = fc.constantFrom('', ' ', '\n\t ', '\r\n');

describe('JsonSpans', () => {
  it('finds every value of any JSON', () => {
    const value = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(
        value,
        fc.constantFrom<string | number>('', 2, '\t'),
        blanks,
        blanks,
        (json, indent, before, after) => {
          const text = `${before}${JSON.stringify(json, undefined, indent)}${after}`;
          const spans = new JsonSpans(text);
          expect(JSON.stringify(read(spans, text, spans.root()))).toBe(JSON.stringify(JSON.parse(text)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('sees no brackets, commas or quotes in strings', () => {
    const text = String.raw`{ "a\"}" : "]\\", "b" : [ "{", [ ], { } , 1e5 ] }`;
    const spans = new JsonSpans(text);
    expect(read(spans, text, spans.root())).toEqual(JSON.parse(text));
  });

  it('names no member that stands there twice', () => {
    const spans = new JsonSpans('{"a":1,"\\u0061":2,"b":3}');
    expect(spans.member(spans.root(), 'a')).toBeUndefined();
    expect(spans.member(spans.root(), 'b')).toMatchObject({ start: 22, end: 23 });
    expect(spans.member(spans.root(), 'c')).toBeUndefined();
  });

  it('goes as deep as anybody writes', () => {
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const spans = new JsonSpans(text);
    expect(spans.root()).toEqual({ start: 0, end: text.length });
  });
});
