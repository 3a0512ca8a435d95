// The figures as text.
const columns = [
  ['requests/s', ({ perSecond }) => perSecond.toFixed(0)],
  ['CPU us', ({ micros }) => micros.toFixed(1)],
  ['of its rate', ({ rateRatio }) => rateRatio.toFixed(2)],
  ['by CPU', ({ cpuRatio }) => cpuRatio.toFixed(2)],
  ['server busy', ({ busy }) => busy.toFixed(2)],
  ['asker busy', ({ loadBusy }) => loadBusy.toFixed(2)],
  ['bytes', ({ bytes }) => bytes.toFixed(0)],
];

export function rateTable(rows) {
  return table([
    ['', ...columns.map(([title]) => title)],
    ...rows.map((row) => [row.name, ...columns.map(([, cell]) => cell(row))]),
  ]);
}

export function growthTable(rows) {
  const lines = rows.map(({ peers, heapBytes, rss, small, large }) =>
    [peers, heapBytes, rss, small.toFixed(1), large.toFixed(1)].map(String),
  );
  const titles = ['peers', 'heap bytes each', 'resident bytes each', 'small swarm, us', 'large swarm, us'];
  return table([titles, ...lines]);
}

function table(lines) {
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  return lines
    .map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at]))).join('  '))
    .join('\n');
}
