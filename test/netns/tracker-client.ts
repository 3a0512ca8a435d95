// Speaks to an address, and writes a line with its own port, and what it heard or why nothing. `ask` asks a tracker twice on one
// connection; `echo` sends more than any buffer holds and compares what comes back; `try` only connects.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { argv, stdout } from 'node:process';

const [, , task = '', ip = '', port = '', localPort = '0'] = argv;
const echoBytes = 8_000_000;

function requestOf(transactionId: string): string {
  const find = {
    version: 1,
    request_type: 'FIND',
    transaction_id: transactionId,
    peer_id: 'near',
    find: { swarm_id: 'aa' },
  };
  const body = JSON.stringify({ PPSPTrackerProtocol: find });
  return `POST / HTTP/1.1\r\nHost: tracker\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`;
}

async function ask(socket: Socket, transactionId: string): Promise<{ readonly sent: string; readonly heard: string }> {
  const sent = requestOf(transactionId);
  socket.write(sent);
  let heard = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    heard += Buffer.from(chunk).toString('latin1');
    const [head, body] = heard.split('\r\n\r\n');
    if (body?.length === Number(/content-length: (\d+)/i.exec(head ?? '')?.[1])) break;
  }
  return { sent, heard };
}

async function echo(socket: Socket): Promise<object> {
  const bytes = randomBytes(echoBytes);
  const heard = createHash('sha256');
  let count = 0;
  socket.end(bytes);
  for await (const chunk of socket) {
    heard.update(Buffer.from(chunk));
    count += Buffer.from(chunk).length;
  }
  return { count, same: heard.digest('hex') === createHash('sha256').update(bytes).digest('hex') };
}

async function main(): Promise<void> {
  const socket = connect({ host: ip, port: Number(port), localPort: Number(localPort), allowHalfOpen: true });
  try {
    await once(socket, 'connect');
    const own = { port: socket.localPort };
    if (task === 'ask') tell({ ...own, asked: [await ask(socket, 'one'), await ask(socket, 'two')] });
    else if (task === 'echo') tell({ ...own, ...(await echo(socket)) });
    else {
      await once(socket, 'data');
      tell({ error: 'it answered' });
    }
  } catch (error) {
    tell({ error: error instanceof Error && 'code' in error ? error.code : String(error) });
  }
  socket.destroy();
}

function tell(result: object): void {
  stdout.write(`${JSON.stringify(result)}\n`);
}

void main();
