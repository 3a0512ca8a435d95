// node:dgram alone over loopback, a datagram of 1056 bytes for each chunk of 1 KiB: the floor under every row of a peer.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { begin, row } from './measure.mjs';

const chunkSize = 1024;
const payload = new Uint8Array(1056);
const datagrams = 100_000;
/** Sends in flight at a time: a train of the datapath. */
const train = 64;

/** One row for the sender, in this process, and one for the receiver, in its own. */
export async function loopbackRows() {
  const receiver = fork(fileURLToPath(new URL('loopback-receiver.mjs', import.meta.url)));
  const [port] = await once(receiver, 'message');
  const socket = createSocket('udp4');
  const begun = begin();
  for (let sent = 0; sent < datagrams; sent += train) await sendTrain(socket, port);
  const sender = row('node:dgram send', datagrams * chunkSize, begun);
  socket.close();
  receiver.send('report');
  const [{ received, cpuSeconds, seconds }] = await once(receiver, 'message');
  const share = ((100 * received) / datagrams).toFixed(0);
  return [
    sender,
    { name: `node:dgram receive (${share} % arrived)`, bytes: received * chunkSize, cpuSeconds, seconds },
  ];
}

function sendTrain(socket, port) {
  return new Promise((resolve, reject) => {
    let left = train;
    for (let count = 0; count < train; count++) {
      socket.send(payload, port, '127.0.0.1', (error) => {
        if (error) reject(error);
        else if (--left === 0) resolve();
      });
    }
  });
}
