// A tracker at each port of its arguments, which lists one peer to whoever asks, and tells in fields of its answer who asked and
// what. To whatever is no POST it sends back all that it heard.
import { createServer, type Socket } from 'node:net';
import { argv, stdout } from 'node:process';
import { decodeRequest, encodeResponse } from '@weir/ppstp';

const peer = {
  peerId: 'far',
  address: { ip: '198.51.100.1', port: 6_778, priority: 1, type: 'HOST' },
} as const;

function serve(socket: Socket): void {
  let heard = '';
  socket.on('error', () => undefined);
  socket.once('data', (first) => {
    if (!first.toString('latin1').startsWith('POST')) {
      socket.write(first);
      socket.pipe(socket);
      return;
    }
    const take = (chunk: Buffer): void => {
      heard += chunk.toString('latin1');
      const answer = answerTo(heard, socket);
      if (answer === undefined) return;
      socket.write(answer);
      heard = '';
    };
    take(first);
    socket.on('data', take);
  });
}

/** An answer to a request that is whole. */
function answerTo(request: string, { remoteAddress = '', remotePort = 0 }: Socket): string | undefined {
  const decoded = decodeRequest(request.split('\r\n\r\n')[1] ?? '');
  if (!decoded.ok || decoded.message.type !== 'FIND') return undefined;
  const { transactionId, swarmId } = decoded.message;
  const body = encodeResponse({
    transactionId,
    errorCode: 0,
    results: [{ swarmId, successful: true, peers: [peer] }],
  });
  const fields = [
    `X-Asked-By: ${remoteAddress.replace('::ffff:', '')}/${String(remotePort)}`,
    `X-Heard: ${Buffer.from(request, 'latin1').toString('base64')}`,
    `Content-Length: ${String(body.length)}`,
  ];
  return `HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n${body}`;
}

let left = argv.length - 2;
for (const port of argv.slice(2)) {
  createServer({ allowHalfOpen: true }, serve).listen(Number(port), '::', () => {
    if (--left === 0) stdout.write('ready\n');
  });
}
