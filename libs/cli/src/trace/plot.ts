import { formatBytes } from '../terminal/format';
import { policyNames, type PolicyName } from './policies';
import type { CellResult } from './simulation';

/** What a plot is drawn of. */
export interface Plot {
  readonly title: string;
  readonly uniqueBytes: number;
  readonly results: readonly CellResult[];
}

const width = 720;
const height = 440;
const area = { left: 64, right: 590, top: 48, bottom: 380 };
/** Distinct also for those who see no red or green, and in print by their markers. */
const styles: Readonly<Record<PolicyName, { readonly colour: string; readonly dash: string }>> = {
  weir: { colour: '#0072b2', dash: '' },
  lru: { colour: '#d55e00', dash: '6 3' },
  'lfu-da': { colour: '#009e73', dash: '2 3' },
  'w-tinylfu': { colour: '#cc79a7', dash: '8 3 2 3' },
  min: { colour: '#555555', dash: '1 2' },
};
/** Labels at the lines' ends keep so much distance. */
const labelDistance = 15;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** An SVG: byte hit ratio over capacity, a line for each policy. Capacities stand as far apart as their ratio says. */
export function drawPlot({ title, uniqueBytes, results }: Plot): string {
  const capacities = [...new Set(results.map(({ capacityBytes }) => capacityBytes))].sort((a, b) => a - b);
  const place = horizontal(capacities);
  const top = ceiling(results);
  const lines = policyNames.flatMap((policy) => {
    const points = results
      .filter((result) => result.policy === policy)
      .sort((a, b) => a.capacityBytes - b.capacityBytes)
      .map((result): Point => ({ x: place(result.capacityBytes), y: vertical(result.byteHitRatio / top) }));
    return points.length === 0 ? [] : [{ policy, points }];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${area.left}" y="26" font-size="15">${escaped(title)}</text>`,
    ...levels(top),
    ...capacities.map((bytes) => capacityTick(place(bytes), bytes, uniqueBytes)),
    axisTitles(),
    ...lines.map(({ policy, points }) => lineOf(policy, points)),
    ...labels(lines.map(({ policy, points }) => ({ policy, y: points.at(-1)?.y ?? 0 }))),
    '</svg>',
    '',
  ].join('\n');
}

/** Where a capacity stands: equal ratios are equal distances. */
function horizontal(capacities: readonly number[]): (bytes: number) => number {
  const [first = 1, last = 1] = [capacities[0], capacities.at(-1)];
  const span = Math.log(last / first);
  return (bytes) => {
    const share = span === 0 ? 0.5 : Math.log(bytes / first) / span;
    return round(area.left + 24 + share * (area.right - area.left - 48));
  };
}

function vertical(share: number): number {
  return round(area.bottom - share * (area.bottom - area.top));
}

/** The next full tenth above all, so that small differences can be seen. */
function ceiling(results: readonly CellResult[]): number {
  const highest = Math.max(0, ...results.map(({ byteHitRatio }) => byteHitRatio));
  return Math.min(Math.floor(highest * 10) / 10 + 0.1, 1);
}

function levels(top: number): string[] {
  const count = Math.round(top * 10);
  return Array.from({ length: count + 1 }, (_, level) => {
    const y = vertical(level / count);
    const line = `<line x1="${area.left}" x2="${area.right}" y1="${y}" y2="${y}" stroke="#dddddd"/>`;
    return `${line}<text x="${area.left - 8}" y="${y + 4}" text-anchor="end">${level * 10} %</text>`;
  });
}

function capacityTick(x: number, bytes: number, uniqueBytes: number): string {
  const share = `${Number(((100 * bytes) / uniqueBytes).toPrecision(3))} %`;
  const tick = `<line x1="${x}" x2="${x}" y1="${area.bottom}" y2="${area.bottom + 5}" stroke="black"/>`;
  const text = (y: number, words: string) => `<text x="${x}" y="${y}" text-anchor="middle">${words}</text>`;
  return `${tick}${text(area.bottom + 19, share)}${text(area.bottom + 34, formatBytes(bytes))}`;
}

function axisTitles(): string {
  const middle = (area.left + area.right) / 2;
  const x = `<text x="${middle}" y="${height - 8}" text-anchor="middle">capacity, percent of the unique bytes</text>`;
  const y = (area.top + area.bottom) / 2;
  return `${x}<text x="16" y="${y}" text-anchor="middle" transform="rotate(-90 16 ${y})">byte hit ratio</text>`;
}

function lineOf(policy: PolicyName, points: readonly Point[]): string {
  const { colour, dash } = styles[policy];
  const path = points.map(({ x, y }) => `${x},${y}`).join(' ');
  const stroke = `stroke="${colour}" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
  const markers = points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`);
  return `<polyline points="${path}" fill="none" ${stroke}/>${markers.join('')}`;
}

/** Names at the ends of the lines, pushed down where they would cover one another. */
function labels(ends: readonly { readonly policy: PolicyName; readonly y: number }[]): string[] {
  let lowest = -Infinity;
  return [...ends]
    .sort((a, b) => a.y - b.y)
    .map(({ policy, y }) => {
      lowest = Math.max(y, lowest + labelDistance);
      const { colour } = styles[policy];
      return `<text x="${area.right + 8}" y="${round(lowest + 4)}" fill="${colour}">${policy}</text>`;
    });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
