// UDP alone over loopback, a datagram of 1056 bytes for each chunk of 1 KiB: the floor under every row of a peer. node:dgram,
// then the native port in trains of 64 to one peer, then as if each datagram were for another peer than the one before.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import datagram from '../../dist/libs/datagram/src/index.js';
import { begin, row } from './measure.mjs';

const chunkSize = 1024;
const payload = new Uint8Array(1056);
const datagrams = 200_000;
/** Sends in flight at a time: a train of the datapath. */
const train = 64;

/** A row for each sender, in this process, and one for its receiver, in its own. */
export async function loopbackRows() {
  const rows = await rowsOf('node:dgram', 'node', nodeSender);
  if (!datagram.nativeDatagrams().available) return rows;
  rows.push(...(await rowsOf('native, trains', 'native', (port) => nativeSender(port, payload.length))));
  // Lengths that grow by one make a train of none: only the last of a train may be shorter, and none longer.
  rows.push(...(await rowsOf('native, no trains', 'native', (port) => nativeSender(port, payload.length - train))));
  return rows;
}

async function rowsOf(name, kind, open) {
  const receiver = fork(fileURLToPath(new URL('loopback-receiver.mjs', import.meta.url)), [kind]);
  const [port] = await once(receiver, 'message');
  const { sendTrain, close } = await open(port);
  const begun = begin();
  for (let sent = 0; sent < datagrams; sent += train) await sendTrain();
  const sender = row(`${name}: send`, datagrams * chunkSize, begun);
  await close();
  receiver.send('report');
  const [{ received, cpuSeconds, seconds }] = await once(receiver, 'message');
  const share = ((100 * received) / datagrams).toFixed(0);
  return [sender, { name: `${name}: receive (${share} % arrived)`, bytes: received * chunkSize, cpuSeconds, seconds }];
}

function nodeSender(port) {
  const socket = createSocket('udp4');
  const sendTrain = () =>
    new Promise((resolve, reject) => {
      let left = train;
      for (let count = 0; count < train; count++) {
        socket.send(payload, port, '127.0.0.1', (error) => {
          if (error) reject(error);
          else if (--left === 0) resolve();
        });
      }
    });
  return { sendTrain, close: () => socket.close() };
}

/** The first datagram is so long, and the last as long as all are on average. */
async function nativeSender(port, firstBytes) {
  const sender = new datagram.NativePort({ ip: '127.0.0.1', port: 0 });
  await sender.open(
    () => undefined,
    () => undefined,
  );
  const to = { ip: '127.0.0.1', port };
  const growth = (payload.length - firstBytes) / train;
  const batch = Array.from({ length: train }, (_, index) => ({
    to,
    bytes: payload.subarray(0, firstBytes + index * growth),
  }));
  const sendTrain = async () => {
    sender.send(batch);
    await setImmediate();
  };
  return { sendTrain, close: () => sender.close() };
}
