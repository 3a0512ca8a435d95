/** How a page on an RFC's requirements is read, and what can be wrong with it. */

/** A test that a row names. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** One row of the page. */
export interface Row {
  readonly id: string;
  readonly level: string;
  readonly files: readonly string[];
  readonly tests: readonly NamedTest[];
  /** Why it is otherwise than the RFC has it, or not tested; empty if there is nothing to say. */
  readonly reason: string;
  /** Cells as they stand, and how many there should be. */
  readonly cells: readonly string[];
}

/** A heading with a count of requirements, and the rows below it. */
export interface Part {
  readonly number: string;
  readonly counted: number;
  readonly rows: readonly Row[];
}

/** A chapter of the RFC: what is counted of it as a whole, and its sections. */
export interface Chapter {
  readonly number: string;
  readonly counted: number;
  readonly parts: readonly Part[];
}

/** The text of a file of the tree, or undefined if there is none. */
export type ReadFile = (path: string) => string | undefined;

/** What a page is about. */
export interface Subject {
  /** How often each chapter of the RFC uses a key word. */
  readonly counted: Readonly<Record<string, number>>;
  /** Where files are that are named by no folder of the tree's root. */
  readonly home: string;
}

/** RFC 2119's key words, each use of which is one requirement. */
const keywords = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'OPTIONAL', 'RECOMMENDED', 'REQUIRED', 'SHALL'];
/** Rows beyond the count: a danger that the RFC answers without a key word, and what a table or a figure of it demands. */
const levels: readonly string[] = [...keywords, 'threat', 'table'];

const columns = 7;

/** The page's chapters, as `## Section 3: Messages (68)` over `### 3.1 HANDSHAKE (1)`. */
export function chaptersOf(page: string): Chapter[] {
  return blocks(page, '## ').flatMap((block) => {
    const [, number, counted] = /^Section (\d+): .+ \((\d+)\)\n/.exec(block) ?? [];
    if (number === undefined) return [];
    return [{ number, counted: Number(counted), parts: blocks(block, '### ').flatMap(partOf) }];
  });
}

/** All that is wrong with the page. */
export function complaintsAbout(page: string, { counted, home }: Subject, read: ReadFile): string[] {
  const readNamed = (file: string): string | undefined => read(pathOf(file, home));
  const chapters = chaptersOf(page);
  const found = Object.fromEntries(chapters.map((chapter) => [chapter.number, chapter.counted]));
  const wrong = Object.keys(counted).filter((number) => found[number] !== counted[number]);
  return [
    ...wrong.map((number) => `section ${number}: the RFC has ${String(counted[number])} requirements`),
    ...chapters.flatMap(complaintsAboutChapter),
    ...chapters.flatMap(({ parts }) => parts).flatMap(complaintsAboutPart),
    ...rowsOf(chapters).flatMap((row) => complaintsAboutRow(row, readNamed)),
  ];
}

function rowsOf(chapters: readonly Chapter[]): Row[] {
  return chapters.flatMap(({ parts }) => parts).flatMap(({ rows }) => rows);
}

function blocks(text: string, heading: string): string[] {
  return `\n${text}`.split(`\n${heading}`).slice(1);
}

function partOf(block: string): Part[] {
  const [, number, counted] = /^([\d.]+) .+ \((\d+)\)\n/.exec(block) ?? [];
  if (number === undefined) return [];
  const rows = block.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| section'));
  return [{ number, counted: Number(counted), rows: rows.filter((line) => !/^\| -+ \|/.test(line)).map(rowOf) }];
}

function rowOf(line: string): Row {
  const cells = line.split('|').slice(1, -1);
  const [id = '', , level = '', , files = '', tests = '', reason = ''] = cells.map((cell) => cell.trim());
  return { id, level, files: codesIn(files), tests: tests.split('<br>').flatMap(testOf), reason, cells };
}

function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function testOf(entry: string): NamedTest[] {
  if (entry.trim() === '') return [];
  const [, file = entry.trim(), title = ''] = /^\s*`([^`]+)` `([^`]+)`\s*$/.exec(entry) ?? [];
  return [{ file, title }];
}

function complaintsAboutChapter({ number, counted, parts }: Chapter): string[] {
  const sum = parts.reduce((before, part) => before + part.counted, 0);
  return sum === counted ? [] : [`section ${number}: ${String(counted)} requirements, but ${String(sum)} in its parts`];
}

function complaintsAboutPart({ number, counted, rows }: Part): string[] {
  const required = rows.filter(({ level }) => keywords.includes(level)).length;
  const missing = required < counted ? [`section ${number}: ${String(required)} rows of ${String(counted)}`] : [];
  const misnamed = rows.filter(({ id }, at) => id !== `${number}/${String(at + 1)}`);
  return [...missing, ...misnamed.map(({ id }) => `${id}: not the number of its row in section ${number}`)];
}

function complaintsAboutRow(row: Row, read: ReadFile): string[] {
  const { id, level, files, tests, reason, cells } = row;
  const complaints: string[] = [];
  if (cells.length !== columns) complaints.push(`${id}: ${String(cells.length)} cells`);
  if (cells.slice(0, 4).some((cell) => cell.trim() === '')) complaints.push(`${id}: says nothing`);
  if (!levels.includes(level)) complaints.push(`${id}: ${level} is no level`);
  if (tests.length === 0 && reason === '') complaints.push(`${id}: neither a test nor a reason`);
  if (files.length === 0 && reason === '') complaints.push(`${id}: neither a file nor a reason`);
  for (const file of files) if (read(file) === undefined) complaints.push(`${id}: there is no ${file}`);
  return [...complaints, ...tests.flatMap((test) => complaintsAboutTest(id, test, read))];
}

function complaintsAboutTest(id: string, { file, title }: NamedTest, read: ReadFile): string[] {
  if (!file.endsWith('.spec.ts')) return [`${id}: ${file} is no file of tests`];
  const source = read(file);
  if (source === undefined) return [`${id}: there is no ${file}`];
  return titlesIn(source).includes(title) ? [] : [`${id}: ${file} has no test "${title}"`];
}

/** Files are named from the page's home, or from the root of the tree if they begin so. */
function pathOf(file: string, home: string): string {
  return /^(?:apps|libs|ops|test)\//.test(file) ? file : `${home}/${file}`;
}

/**
 * The titles of tests and their groups: what is called with a text and a function. Of `it.each`, the templates; nothing of
 * what is skipped.
 */
function titlesIn(source: string): string[] {
  const called = source.matchAll(
    /(?<!\.skip|\bx(?:it|test|describe))\(\s*(['"`])((?:\\.|(?!\1).)+)\1,\s*(?:async\s*)?(?:\(|\w+ =>)/g,
  );
  return [...called].map(([, , title = '']) => title.replaceAll(/\\(['"`])/g, '$1'));
}
