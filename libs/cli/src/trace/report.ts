import type { TitleCounts } from '@weir/policy';
import { formatBytes } from '../terminal/format';
import type { CompiledTrace } from './compiled-trace';
import type { PolicyName } from './policies';
import type { Cell, CellResult } from './simulation';

/** What a report is about. */
export interface Report {
  readonly name: string;
  readonly trace: CompiledTrace;
  readonly results: readonly CellResult[];
  /** Of our policy, with twice the capacities. */
  readonly doubled: readonly CellResult[];
}

/** The results for programs, one object for each. */
export function resultsJson(results: readonly CellResult[]): string {
  return JSON.stringify(
    results.map(
      ({ policy, capacityBytes, requests, byteHitRatio, writeRatio, bytesPerObject, nanosecondsPerRequest }) => {
        return { policy, capacityBytes, requests, byteHitRatio, writeRatio, bytesPerObject, nanosecondsPerRequest };
      },
    ),
  );
}

/** The results for people. */
export function describe(report: Report): readonly string[] {
  return [...summary(report), '', ...table(rowsOf(report)), ...doublingLines(report)];
}

/** Our policy with twice each capacity. */
export function doubledCells(cells: readonly Cell[]): readonly Cell[] {
  const ours = cells.filter(({ policy }) => policy === 'weir');
  return ours.map(({ policy, capacityBytes }) => ({ policy, capacityBytes: 2 * capacityBytes }));
}

function summary({ name, trace }: Report): string[] {
  const { requests, requestedBytes, uniqueBytes, objects, liveRequests, malformed } = trace;
  const sizes = new Set(objects.bytes);
  const counted = (count: number, what: string): string[] => (count === 0 ? [] : [`${grouped(count)} ${what}`]);
  const asked = `${name}: ${grouped(requests)} requests for ${formatBytes(requestedBytes)}`;
  return [
    `${asked}, ${grouped(objects.bytes.length)} objects of ${formatBytes(uniqueBytes)} in all`,
    titlesLine(objects.titles),
    ...counted(liveRequests, 'of the requests are for live channels'),
    ...counted(malformed, 'lines made no sense and are left out'),
    ...(sizes.size > 1 ? ['objects differ in size: min is a good guess then, not a bound'] : []),
  ];
}

/** How it is known what is of one title: what a policy can make of the trace depends on it. */
function titlesLine({ named, inferred, inferredTitles, none }: TitleCounts): string {
  const ways = [
    named > 0 ? [`${grouped(named)} by their names`] : [],
    inferred > 0 ? [`${grouped(inferred)} of ${grouped(inferredTitles)} titles by who asked for what after which`] : [],
    none > 0 ? [`${grouped(none)} stand for themselves`] : [],
  ];
  return `titles of objects: ${ways.flat().join(', ')}`;
}

const columns = [
  'capacity',
  'of all',
  'policy',
  'byte hits',
  'of min',
  'hits',
  'disk writes',
  'B/object',
  'ns/request',
];
/** Columns of words; the others are numbers. */
const wordColumns: ReadonlySet<number> = new Set([2]);

function rowsOf({ trace, results }: Report): string[][] {
  return results.map((result) => {
    const optimum = results.find((one) => one.policy === 'min' && one.capacityBytes === result.capacityBytes);
    return [
      formatBytes(result.capacityBytes),
      percent(result.capacityBytes / trace.uniqueBytes),
      result.policy,
      percent(result.byteHitRatio),
      optimum === undefined || optimum.byteHitRatio === 0
        ? ''
        : (result.byteHitRatio / optimum.byteHitRatio).toFixed(3),
      percent(result.requestHitRatio),
      percent(result.writeRatio),
      result.bytesPerObject.toFixed(1),
      result.nanosecondsPerRequest.toFixed(0),
    ];
  });
}

function table(rows: readonly (readonly string[])[]): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        wordColumns.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** What twice the disk would give. */
function doublingLines({ results, doubled }: Report): string[] {
  const ours: PolicyName = 'weir';
  const lines = results
    .filter(({ policy }) => policy === ours)
    .flatMap((single) => {
      const twice = doubled.find(({ capacityBytes }) => capacityBytes === 2 * single.capacityBytes);
      return twice === undefined ? [] : [doublingLine(single, twice)];
    });
  return lines.length === 0 ? [] : ['', 'twice the disk would give:', ...lines];
}

function doublingLine(single: CellResult, twice: CellResult): string {
  const gained = twice.byteHitRatio - single.byteHitRatio;
  const from = `${percent(single.byteHitRatio)} of the bytes`;
  const sizes = `  ${formatBytes(twice.capacityBytes)} instead of ${formatBytes(single.capacityBytes)}`;
  const saved = formatBytes(Math.abs(gained) * single.requestedBytes);
  const fetched = `${saved} ${gained < 0 ? 'more' : 'less'} from outside`;
  return `${sizes}: ${percent(twice.byteHitRatio)} instead of ${from}, ${points(gained)} points, ${fetched} in this trace`;
}

function points(share: number): string {
  return `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
