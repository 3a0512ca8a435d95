// The receiving half of loopback.mjs: names its port, counts what arrives, reports when asked and nothing more comes.
// Its argument names the implementation: `node` is node:dgram alone, `native` the port of libs/datagram.
import { createSocket } from 'node:dgram';
import { argv } from 'node:process';
import { setTimeout } from 'node:timers';
import datagram from '../../dist/libs/datagram/src/index.js';
import { begin, row } from './measure.mjs';

const quietMilliseconds = 50;
let received = 0;
let begun;
let latest;

function heard(datagrams) {
  begun ??= begin();
  received += datagrams;
  latest = performance.now();
}

const close = argv[2] === 'native' ? await listenNative() : listenNode();
process.on('message', report);

function listenNode() {
  const socket = createSocket('udp4');
  socket.on('message', () => heard(1));
  socket.bind(0, '127.0.0.1', () => process.send(socket.address().port));
  return () => socket.close();
}

async function listenNative() {
  const port = new datagram.NativePort({ ip: '127.0.0.1', port: 0 });
  await port.open(
    (batch) => heard(batch.length),
    () => undefined,
  );
  process.send(port.local.port);
  return () => port.close();
}

function report() {
  const quiet = performance.now() - (latest ?? 0);
  if (quiet < quietMilliseconds) {
    setTimeout(report, quietMilliseconds - quiet);
    return;
  }
  const { cpuSeconds } = row('', 0, begun ?? begin());
  process.send({ received, cpuSeconds, seconds: ((latest ?? 0) - (begun?.at ?? 0)) / 1e3 });
  close();
  process.disconnect();
}
