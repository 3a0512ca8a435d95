// The table at the end of a demo.

/** What each subscriber got and from whom, and what the cache did, as a table of two columns a row. */
export function report({ size, subscribers, after }) {
  const rows = [['file', megabytes(size)]];
  for (const { name, bytes, seconds, peers, same } of subscribers) {
    rows.push([name, `${megabytes(bytes)} in ${seconds.toFixed(2)} s (${megabytes(bytes / seconds)}/s)`]);
    for (const [peer, sent] of Object.entries(peers)) rows.push([`  from ${peer}`, megabytes(sent)]);
    rows.push(['  SHA-256', same ? 'equal to the source' : 'DIFFERENT from the source']);
  }
  rows.push(['cache-in', `${megabytes(after.cacheInBytes)} (${percent(after.cacheInBytes / size)} of the file)`]);
  rows.push(['cache-out', megabytes(after.cacheOutBytes)]);
  rows.push(['byte hit ratio', after.byteHitRatio === null ? 'nothing served' : percent(after.byteHitRatio)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return `\n${lines.join('\n')}\n\n`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function percent(ratio) {
  return `${(ratio * 100).toFixed(1)} %`;
}
