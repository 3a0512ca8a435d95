// The table of a lab: a line for each subscriber, and what it costs and brings.

const barWidth = 24;

/** The table's lines. */
export function render({ seconds, subscribers, deliveredBytes, outsideBytes, byteHitRatio, interception }, { line }) {
  const { delayMillis, loss, mbits } = line;
  const { passedFlows, passedBytesEstimate, epochSeconds } = interception;
  return [
    `${seconds.toFixed(0).padStart(4)} s   outside: ${mbits} Mbit/s, ${2 * delayMillis} ms there and back, ${percent(loss)} lost`,
    '',
    'subscriber  content  progress                          fetched  failed',
    ...subscribers.map(subscriberLine),
    '',
    `delivered to subscribers   ${megabytes(deliveredBytes)}`,
    `came in from outside       ${megabytes(outsideBytes)}${ratio(outsideBytes, deliveredBytes)}`,
    `byte hit ratio             ${byteHitRatio === null ? 'nothing served yet' : percent(byteHitRatio)}`,
    `flows passed on            ${passedFlows}, with ${megabytes(passedBytesEstimate).trim()} of content (estimated)`,
    `diverting                  ${epochSeconds === null ? 'no' : `since ${epochSeconds.toFixed(0)} s`}`,
  ];
}

function subscriberLine({ number, content, progress, completed, failed }) {
  const done = Math.round(progress * barWidth);
  const bar = `${'#'.repeat(done)}${'.'.repeat(barWidth - done)}`;
  const columns = [
    String(number).padStart(10),
    String(content + 1).padStart(7),
    `${bar} ${percent(progress).padStart(7)}`,
  ];
  return [...columns, String(completed).padStart(7), String(failed).padStart(6)].join('  ');
}

function ratio(part, whole) {
  return whole === 0 ? '' : ` (${percent(part / whole)} of it)`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2).padStart(9)} MB`;
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
