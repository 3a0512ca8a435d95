// The receiving half of loopback.mjs: names its port, counts what arrives, reports when asked and nothing more comes.
import { createSocket } from 'node:dgram';
import { setTimeout } from 'node:timers';
import { begin, row } from './measure.mjs';

const quietMilliseconds = 50;
const socket = createSocket('udp4');
let received = 0;
let begun;
let latest;

socket.on('message', () => {
  begun ??= begin();
  received++;
  latest = performance.now();
});
socket.bind(0, '127.0.0.1', () => process.send(socket.address().port));
process.on('message', report);

function report() {
  const quiet = performance.now() - (latest ?? 0);
  if (quiet < quietMilliseconds) {
    setTimeout(report, quietMilliseconds - quiet);
    return;
  }
  const { cpuSeconds } = row('', 0, begun ?? begin());
  process.send({ received, cpuSeconds, seconds: ((latest ?? 0) - (begun?.at ?? 0)) / 1e3 });
  socket.close();
  process.disconnect();
}
