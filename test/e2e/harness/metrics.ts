/** The sum of a metric's series that have all these labels, as `/metrics` of a program tells them. */
export async function metricOf(base: string, name: string, labels?: Readonly<Record<string, string>>) {
  const answer = await fetch(new URL('/metrics', base), { signal: AbortSignal.timeout(5_000) });
  return valueOf(await answer.text(), name, labels);
}

/** The same, of a page of metrics. */
export function valueOf(page: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const series = page
    .split('\n')
    .map((line) => /^(\w+)(\{.*\})? (\S+)$/.exec(line))
    .filter((parts) => parts?.[1] === name && wanted.every((label) => parts[2]?.includes(label)));
  return series.reduce((sum, parts) => sum + Number(parts?.[3]), 0);
}
