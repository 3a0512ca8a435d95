// How long a whole appliance takes from its exec until a peer has the first content of a store that was there before.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { execPath } from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';

/** How often a peer asks, and `/readyz` is asked: the figures are no finer. */
const askMillis = 10;
const secondsMax = 120;

/**
 * Starts the appliance of a built root on a store; answers the seconds to the first datagram with content, and to the first
 * `/readyz` with 200.
 */
export async function firstByte({
  root,
  directory,
  metadata,
  capacity = '100GiB',
  ports: [udp, tcp] = [47_311, 47_312],
}) {
  const env = {
    ...process.env,
    WEIR_PPSPP_LISTEN: `127.0.0.1:${udp}`,
    WEIR_ADMIN_LISTEN: `127.0.0.1:${tcp}`,
    WEIR_STORE_PATH: directory,
    WEIR_STORE_CAPACITY: capacity,
    WEIR_SUBSCRIBERS: '127.0.0.0/8',
    WEIR_LOG_LEVEL: 'error',
  };
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const main = join(root, 'dist/apps/weir/src/main.js');
  const appliance = spawn(execPath, [main, 'appliance'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(appliance, 'exit');
  try {
    const over = AbortSignal.timeout(secondsMax * 1000);
    const [first, ready] = await Promise.all([
      servedBy(root, { port: udp, metadata, over }).then(since),
      readyAt(tcp, over).then(since),
    ]);
    return { first, ready };
  } finally {
    appliance.kill('SIGTERM');
    await ended;
  }
}

async function readyAt(port, over) {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1000) }).catch(
      () => undefined,
    );
    over.throwIfAborted();
    if (answer?.ok) return;
    await pause(askMillis);
  }
}

/** Settled by the first datagram with DATA: HANDSHAKE until there is an answer, then a REQUEST. RFC 7574 sections 3.1.1 and 3.7. */
async function servedBy(root, { port, metadata, over }) {
  const ppspp = createRequire(join(root, 'dist/'))('./libs/ppspp/src/index.js');
  const { decodeDatagram, decodeHandshake, encodeDatagram, initiatingOptions } = ppspp;
  const dialect = {
    addressing: metadata.addressing,
    hashBytes: metadata.swarmId.length / 2,
    chunkSize: metadata.chunkSize,
  };
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const handshake = { type: 'handshake', channel: 1, options: initiatingOptions(metadata, true) };
  let theirs;
  const isServed = new Promise((resolve) => {
    socket.on('message', (bytes) => {
      const hello = theirs === undefined ? decodeHandshake(bytes) : undefined;
      theirs ??= hello?.handshake?.channel;
      if (decodeDatagram(bytes, dialect).messages.some(({ type }) => type === 'data')) resolve();
    });
  });
  const asking = setInterval(() => {
    const [to, message] =
      theirs === undefined ? [0, handshake] : [theirs, { type: 'request', range: { first: 0, last: 63 } }];
    socket.send(encodeDatagram(to, [message], dialect), port, '127.0.0.1', () => undefined);
  }, askMillis);
  try {
    await Promise.race([isServed, once(over, 'abort').then(() => over.throwIfAborted())]);
  } finally {
    clearInterval(asking);
    socket.close();
  }
}
