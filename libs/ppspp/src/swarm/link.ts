import { limits } from '../limits';
import { listMembers, readRecord, recordOf, singleMembers, type Reading, type SwarmStatement } from './statement';

/** What a link begins with. */
export const linkScheme = 'ppsp:';

const numeric: ReadonlySet<string> = new Set(['chunkSize', 'contentBytes']);

/** Members of a record that a link repeats, one value each, and their names there. */
const repeated = { trackers: 'tracker', peers: 'peer' } as const;

/**
 * A statement as one line of text: `ppsp:SWARMID?hash=sha256&chunkSize=1024&tracker=http://192.0.2.1:7846/`. The members
 * have the names of the record; `tracker` and `peer` may come several times. Values are percent-encoded.
 */
export function linkOf(statement: SwarmStatement): string {
  const record = recordOf(statement);
  const single = singleMembers.filter((name) => name !== 'swarmId' && record[name] !== undefined);
  const pairs = [
    ...single.map((name) => `${name}=${String(record[name])}`),
    ...listMembers.flatMap((name) => statement[name].map((value) => `${repeated[name]}=${encoded(value)}`)),
  ];
  return `${linkScheme}${statement.swarmId}${pairs.length > 0 ? '?' : ''}${pairs.join('&')}`;
}

/** The mirror of `linkOf`, as strict as `readRecord`. */
export function readLink(text: string): Reading {
  if (text.length > limits.statementCharsMax)
    return { problem: `it is longer than ${limits.statementCharsMax} characters` };
  if (!isLink(text)) return { problem: `it does not begin with ${linkScheme}` };
  const [swarmId = '', ...query] = text.slice(linkScheme.length).split('?');
  if (query.length > 1) return { problem: 'it has a second "?"; write %3F within a value' };
  const draft: Draft = { record: new Map([['swarmId', swarmId]]), trackers: [], peers: [] };
  for (const pair of query.flatMap((part) => part.split('&'))) {
    const problem = takePair(draft, pair);
    if (problem !== undefined) return { problem };
  }
  const { record, trackers, peers } = draft;
  return readRecord({ ...Object.fromEntries(record), trackers, peers });
}

/** True for a text that is meant as a link. */
export function isLink(text: string): boolean {
  return text.slice(0, linkScheme.length).toLowerCase() === linkScheme;
}

interface Draft {
  readonly record: Map<string, number | string>;
  readonly trackers: string[];
  readonly peers: string[];
}

/** Takes one NAME=VALUE; what is wrong with it, if anything. */
function takePair({ record, ...lists }: Draft, pair: string): string | undefined {
  const [name = '', value = '', ...more] = pair.split('=');
  const decoded = decodedOf(value);
  if (decoded === undefined || decoded === '' || more.length > 0)
    return `"${pair}" is no NAME=VALUE in percent-encoding`;
  const list = listMembers.find((member) => repeated[member] === name);
  if (list !== undefined) lists[list].push(decoded);
  else if (listMembers.some((member) => member === name))
    return `"${name}" is no member of a link; write ${name.slice(0, -1)}=`;
  else if (record.has(name)) return `${name} is named twice`;
  else record.set(name, numeric.has(name) ? numberOf(decoded) : decoded);
  return undefined;
}

/** What need not be encoded within a query stays readable. */
function encoded(value: string): string {
  return encodeURIComponent(value).replaceAll('%3A', ':').replaceAll('%2F', '/');
}

function decodedOf(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** The text itself where it is no number, so that it is named when it is refused. */
function numberOf(text: string): number | string {
  return /^\d{1,16}$/.test(text) ? Number(text) : text;
}
