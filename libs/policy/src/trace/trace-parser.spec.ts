import * as fc from 'fast-check';
import { lineRemedies, TraceParser } from './trace-parser';
import { liveHeader, traceHeader } from './line-writer';

interface Line {
  readonly time: string;
  readonly object: string;
  readonly bytes: number;
  readonly subscriber: string;
}

/** Requests of all blocks, numbers of objects as they are. */
function requestsOf(parser: TraceParser) {
  return parser.take().flatMap(({ length, objects, bytes, subscribers }) =>
    Array.from({ length }, (_, at) => ({
      object: objects[at] ?? -1,
      bytes: bytes[at],
      known: subscribers[at] !== 0,
      subscriber: subscribers[at] ?? 0,
    })),
  );
}

function parsed(text: string, portions: readonly number[] = []) {
  const parser = new TraceParser();
  const bytes = Buffer.from(text);
  let from = 0;
  for (const portion of portions) {
    parser.push(bytes.subarray(from, from + portion));
    from = Math.min(from + portion, bytes.length);
  }
  parser.push(bytes.subarray(from));
  parser.end();
  return { parser, requests: requestsOf(parser) };
}

/** Numbers of names as they come first. */
function numbered(names: readonly string[]): number[] {
  const seen = [...new Set(names)];
  return names.map((name) => seen.indexOf(name));
}

const name = fc.string({ unit: fc.constantFrom('a', 'b', '/', '0', ':', 'é', '€', ' '), minLength: 1, maxLength: 12 });
const anyLine: fc.Arbitrary<Line> = fc.record({
  time: fc.constantFrom('0', '12', '12.5', '-3', '1e-05', '1.7E+9'),
  object: name,
  bytes: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  subscriber: fc.oneof(fc.constant(''), name),
});
const portions = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 });

it('reads what a plain reader reads, however the bytes come', () => {
  const separators = fc.constantFrom('\n', '\r\n', '\n\n');
  fc.assert(
    fc.property(
      fc.array(anyLine, { maxLength: 40 }),
      portions,
      separators,
      fc.boolean(),
      (lines, cuts, separator, end) => {
        const rows = lines.map((line) => Object.values(line).join(','));
        const text = [traceHeader, ...rows].join(separator) + (end ? separator : '');
        const { parser, requests } = parsed(text, cuts);
        expect(parser.malformed).toBe(0);
        expect(requests.map(({ object }) => object)).toEqual(numbered(lines.map(({ object }) => object)));
        expect(requests.map(({ bytes }) => bytes)).toEqual(lines.map(({ bytes }) => bytes));
        expect(requests.map(({ known }) => known)).toEqual(lines.map(({ subscriber }) => subscriber !== ''));
        const hashes = requests.map(({ subscriber }) => String(subscriber));
        expect(numbered(hashes)).toEqual(numbered(lines.map(({ subscriber }) => subscriber)));
      },
    ),
  );
});

/** A field as a writer of CSV may write it (RFC 4180 section 2). */
function quotedField(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

it('reads names between quotes as those without, with commas and quotes in them', () => {
  const anyName = fc.string({ unit: fc.constantFrom('a', '/', '1', 'é', ',', '"'), minLength: 1, maxLength: 8 });
  const requests = fc.array(fc.record({ object: anyName, subscriber: anyName, quoted: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(requests, portions, fc.constantFrom('\n', '\r\n'), fc.boolean(), (lines, cuts, separator, all) => {
      const field = (text: string, quoted: boolean) => (quoted || /[",]/.test(text) ? quotedField(text) : text);
      const rows = lines.map(({ object, subscriber, quoted }) =>
        [field('1.5', all), field(object, quoted), field('7', all), field(subscriber, all)].join(','),
      );
      const header = traceHeader.split(',').map((column) => field(column, all));
      const { parser, requests: read } = parsed([header.join(','), ...rows].join(separator), cuts);
      expect(parser.firstMalformed).toBeUndefined();
      expect(read.map(({ object }) => object)).toEqual(numbered(lines.map(({ object }) => object)));
      const subscribers = read.map(({ subscriber }) => String(subscriber));
      expect(numbered(subscribers)).toEqual(numbered(lines.map(({ subscriber }) => subscriber)));
    }),
  );
});

it('finds the segment of a name between quotes', () => {
  const { parser } = parsed(`${traceHeader}\n1,"a,b/17",5,s\n2,"a,b/18",5,s\n3,a/17,5,s\n`);
  const { swarms, segments } = parser.objects();
  expect([...segments]).toEqual([17, 18, 17]);
  expect(numbered([...swarms].map(String))).toEqual([0, 0, 1]);
});

it('neither throws nor hoards, whatever comes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (parts) => {
      const parser = new TraceParser();
      for (const part of parts) parser.push(part);
      parser.end();
      const newlines = Buffer.concat(parts).filter((byte) => byte === 0x0a).length;
      expect(parser.lines - newlines).toBeLessThanOrEqual(1);
    }),
  );
});

const malformed = [
  ['fields', 'too few', '1,a,5'],
  ['fields', 'too many', '1,a,5,s,0'],
  ['fields', 'a time alone', '1'],
  ['time', 'no time', ',a,5,s'],
  ['time', 'a dot for a time', '.,a,5,s'],
  ['time', 'an address for a time', '1.2.3,a,5,s'],
  ['time', 'a date', '2026-01-01,a,5,s'],
  ['object', 'no object', '1,,5,s'],
  ['object', 'a long name', `1,${'x'.repeat(1_025)},5,s`],
  ['bytes', 'no bytes', '1,a,,s'],
  ['bytes', 'nothing', '1,a,0,s'],
  ['bytes', 'less than nothing', '1,a,-5,s'],
  ['bytes', 'a fraction', '1,a,5.0,s'],
  ['bytes', 'more than 32 bits', '1,a,4294967296,s'],
  ['subscriber', 'a long subscriber', `1,a,5,${'s'.repeat(1_025)}`],
  ['quotes', 'a quote that is not closed', '1,"a,5,s'],
  ['quotes', 'something behind a quote', '1,"a"b,5,s'],
  ['length', 'a line without end', 'x'.repeat(4_097)],
  ['length', 'a very long line', 'x'.repeat(400_000)],
] as const;

it.each(malformed)('refuses, for its %s: %s', (fault, _, line) => {
  for (const cuts of [[], Array.from(`${traceHeader}\n`, () => 1).concat(500, 700, 900)]) {
    const { parser, requests } = parsed(`${traceHeader}\n1,a,5,s\n${line}\n2,a,5,s\n`, cuts);
    expect(parser).toMatchObject({ malformed: 1, lines: 4, firstMalformed: { line: 3, fault } });
    expect(parser.firstMalformed?.text).toBe(line.slice(0, 80));
    expect(requests).toHaveLength(2);
  }
  expect(lineRemedies[fault]).toMatch(/\w/);
});

it('takes the longest names, and one byte', () => {
  const line = `1,${'x'.repeat(1_024)},1,${'s'.repeat(1_024)}`;
  expect(parsed(`${traceHeader}\n${line}\n`).parser).toMatchObject({ malformed: 0 });
});

it('counts what is live', () => {
  const { parser, requests } = parsed(`${liveHeader}\n1,a,5,s,1\n1,a,5,s,0\n1,a,5,s,\n1,a,5,s,2\n1,a,5,s\n`);
  expect(parser).toMatchObject({ liveRequests: 1, malformed: 2, firstMalformed: { line: 5, fault: 'live' } });
  expect(requests).toHaveLength(3);
});

it('needs a header, and passes over further ones', () => {
  expect(parsed('1,a,5,s\n1,a,5,s\n').parser.firstMalformed).toMatchObject({ line: 1, fault: 'header' });
  const twice = parsed(`\ufeff${traceHeader}\n1,a,5,s\n${traceHeader}\n2,b,5,s\n`);
  expect(twice.parser.malformed).toBe(0);
  expect(twice.requests).toHaveLength(2);
});

it('reads one file after another, each with its own header and lines', () => {
  const parser = new TraceParser();
  parser.push(Buffer.from(`${traceHeader}\n1,a,5,s`));
  parser.endFile();
  parser.push(Buffer.from(`${liveHeader}\n1,a,5,s,1\n1,b,5,s\n`));
  parser.end();
  expect(parser).toMatchObject({ malformed: 1, firstMalformed: { line: 3 }, liveRequests: 1 });
  expect(requestsOf(parser).map(({ object }) => object)).toEqual([0, 0]);
});

it('knows an object by the most that was asked of it', () => {
  const { parser } = parsed(`${traceHeader}\n1,a,5,s\n1,b,2,s\n2,a,9,s\n3,a,1,s\n`);
  expect([...parser.objects().bytes]).toEqual([9, 2]);
});

it('tells many objects apart', () => {
  const count = 200_000;
  const rows = Array.from({ length: count }, (_, at) => `0,${at >> 9}/${at & 511},1,s`);
  expect(parsed(`${traceHeader}\n${rows.join('\n')}`).parser.objects().bytes.length).toBe(count);
});

/** What is known of objects by their names, each asked for once by a subscriber of his own. */
function named(names: readonly string[]) {
  const { parser } = parsed([traceHeader, ...names.map((one, at) => `0,${one},1,s${at}`)].join('\n'));
  const { swarms, segments, titles } = parser.objects();
  const known = [...new Set(names)].map((name, object) => [name, swarms[object], segments[object]] as const);
  return { swarms, segments, titles, known };
}

it('finds swarms and segments in names', () => {
  const names = ['a/1', 'a/2', 'b/1', 'c/d/1', 'c/d/20', 'a/1'];
  const { swarms, segments, titles } = named(names);
  expect([...segments]).toEqual([1, 2, 1, 1, 20]);
  expect(numbered([...swarms].map(String))).toEqual([0, 0, 1, 2, 2]);
  expect(swarms.every((swarm) => Number.isSafeInteger(swarm) && swarm >= 2 ** 32 && swarm < 2 ** 52)).toBe(true);
  // What b/1 is one of, nothing else is.
  expect(titles).toEqual({ named: 4, inferred: 0, inferredTitles: 0, none: 1 });
});

it('finds numbers behind whatever names use, and takes no two names for one segment', () => {
  const names = ['film-9', 'film-10', 'film-010', 'film-0', 'film-00', 't5s17', 't5s18', 't6s17', 'v12c3', 'v12c4'];
  const { swarms, segments } = named(names);
  expect([...segments]).toEqual([9, 10, 10, 0, 0, 17, 18, 17, 3, 4]);
  expect(numbered([...swarms].map(String))).toEqual([0, 0, 1, 0, 1, 2, 2, 3, 4, 4]);
});

it('finds numbers before a suffix, which tells swarms apart', () => {
  const names = [
    'v/561/seg7.ts',
    'v/561/seg8.ts',
    'v/561/seg7.m4s',
    'v/561/seg8.m4s',
    'a-1.mp4',
    'a-2.mp4',
    'a-2',
    'a-3',
  ];
  const { swarms, segments } = named([...names, '561.17', '561.18']);
  expect([...segments]).toEqual([7, 8, 7, 8, 1, 2, 2, 3, 17, 18]);
  expect(numbered([...swarms].map(String))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
});

it.each(['a', '7', '007', 'a/x', 'a/', 'a/1234567890', '4f2b12', 'a3', 'abc12/3c4', '4.ts', 'a3.ts', 'x/.17m'])(
  'takes %s, of which there may be many, for no segment of anything',
  (name) => {
    const { known, titles } = named([name, `${name}1`.replace(/^(.*\/)?/, 'x/'), name]);
    expect(titles.named).toBe(0);
    expect(known[0]?.[1]).toBe(0);
  },
);

it('numbers what has no title so that neighbours in time are far apart', () => {
  const { segments } = named(Array.from({ length: 600 }, (_, at) => `${at}`));
  const near = [...segments].filter((segment, at) => Math.abs(segment - (segments[at - 1] ?? 2 ** 40)) < 512);
  expect(near).toEqual([]);
  expect(new Set(segments).size).toBe(600);
});
