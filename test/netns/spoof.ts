// Sends datagrams under addresses that are not its own. Arguments: from whom, to whom (IP/PORT each), and the datagram in hex.
import { argv, stdout } from 'node:process';
import { NativePort } from '@weir/datagram';

const [, , from = '', to = '', hex = ''] = argv;

async function main(): Promise<void> {
  const port = new NativePort({ ip: from.includes(':') ? '::' : '0.0.0.0', port: 0 }, { transparent: true });
  await port.open(
    () => undefined,
    () => undefined,
  );
  port.send([{ from: placeOf(from), to: placeOf(to), bytes: Buffer.from(hex, 'hex') }]);
  stdout.write('sent\n');
}

function placeOf(text: string) {
  const at = text.lastIndexOf('/');
  return { ip: text.slice(0, at), port: Number(text.slice(at + 1)) };
}

void main();
