/** A page with something wrong, and what has to be said of it. */
export interface PlantedPage {
  readonly name: string;
  readonly page: string;
  readonly complaint: string;
}

/** How often each chapter of the planted pages' RFC uses a key word. */
export const plantedCounts = { 3: 2, 8: 1 };

/** The tree of the planted pages. */
export const plantedFiles: Readonly<Record<string, string>> = {
  'libs/ppspp/src/wire/decode.ts': 'export {};',
  'libs/ppspp/src/wire/decode.spec.ts': `it('reads HAVE', () => undefined);
it.each(cases)("doesn't read $name", async ({ name }) => undefined);
it.skip('reads one day', () => undefined);
xit('reads one day, too', () => undefined);
// it says 'reads nothing', which is no test.`,
  'test/sim/transfer.spec.ts': 'describe(`a transfer`, () => undefined);',
};

/** A page that is in order. */
export const soundPage = `# A page

## Section 3: Messages (2)

### 3.1 HANDSHAKE (1)

| section | requirement | level | binds  | code             | tests                                       | reason |
| ----- | ----------- | ----- | ------ | ---------------- | ------------------------------------------- | ------ |
| 3.1/1 | it is first | MUST  | sender | \`wire/decode.ts\` | \`wire/decode.spec.ts\` \`reads HAVE\` |        |

### 3.2 HAVE (1)

| section | requirement | level  | binds  | code             | tests | reason      |
| ----- | ----------- | ------ | ------ | ---------------- | ----- | ----------- |
| 3.2/1 | it is said  | SHOULD | sender | | | not built |
| 3.2/2 | it is true  | threat | sender | \`wire/decode.ts\` | \`wire/decode.spec.ts\` \`doesn't read $name\`<br>\`test/sim/transfer.spec.ts\` \`a transfer\` | |

## Section 8: UDP (1)

### 8.1 Chunk size (1)

| section | requirement | level | binds  | code             | tests | reason |
| ----- | ----------- | ----- | ------ | ---------------- | ----- | ------ |
| 8.1/1 | it is small | MAY   | sender | \`libs/ppspp/src/wire/decode.ts\` | | not used |

## Other chapters

| Word | Meaning |
| ---- | ------- |
| peer | peer    |
`;

function planted(name: string, complaint: string, ...[from, to]: readonly [string, string]): PlantedPage {
  return { name, complaint, page: soundPage.replace(from, to) };
}

/** Each page with one thing wrong. */
export const plantedPages: readonly PlantedPage[] = [
  planted('a file that is gone', '3.1/1: there is no wire/encode.ts', 'wire/decode.ts', 'wire/encode.ts'),
  planted('a file of tests that is gone', '3.1/1: there is no wire/encode.spec.ts', 'decode.spec.ts', 'encode.spec.ts'),
  planted('a test that is gone', '3.1/1: wire/decode.spec.ts has no test "reads it"', 'reads HAVE', 'reads it'),
  planted(
    'a text that is no title',
    '3.1/1: wire/decode.spec.ts has no test "reads nothing"',
    'reads HAVE',
    'reads nothing',
  ),
  planted(
    'a test that is skipped',
    '3.1/1: wire/decode.spec.ts has no test "reads one day"',
    'reads HAVE',
    'reads one day',
  ),
  planted(
    'a test that is skipped by its name',
    '3.1/1: wire/decode.spec.ts has no test "reads one day, too"',
    'reads HAVE',
    'reads one day, too',
  ),
  planted('a half title', '3.1/1: wire/decode.spec.ts has no test "reads"', 'reads HAVE', 'reads'),
  planted(
    'a test without a title',
    '3.1/1: wire/decode.spec.ts has no test ""',
    '`wire/decode.spec.ts` `reads HAVE`',
    'wire/decode.spec.ts',
  ),
  planted('a test in no spec', '3.1/1: wire/decode.ts is no file of tests', 'decode.spec.ts', 'decode.ts'),
  planted('neither test nor reason', '8.1/1: neither a test nor a reason', 'not used', ''),
  planted('neither file nor reason', '3.2/1: neither a file nor a reason', 'not built', ''),
  planted('a level that is none', '3.1/1: WILL is no level', 'MUST', 'WILL'),
  planted('a requirement without words', '3.1/1: says nothing', 'it is first', ''),
  planted('a cell too many', '8.1/1: 8 cells', 'not used', 'not | used'),
  planted('a threat for a requirement', 'section 3.2: 0 rows of 1', 'SHOULD', 'threat'),
  planted('a section with too few rows', 'section 8.1: 1 rows of 2', 'Chunk size (1)', 'Chunk size (2)'),
  planted('a section that is left out', 'section 3: 2 requirements, but 1 in its parts', '### 3.1', '#### 3.1'),
  planted('a chapter that is left out', 'section 8: the RFC has 1 requirements', '## Section 8', '## Part 8'),
  planted('a chapter that shrank', 'section 3: the RFC has 2 requirements', 'Messages (2)', 'Messages (1)'),
  planted('a row out of its place', '3.2/3: not the number of its row in section 3.2', '3.2/2', '3.2/3'),
];
