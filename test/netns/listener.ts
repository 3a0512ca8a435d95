// Listens at each address of its arguments, as IP/PORT, for whatever is diverted there, and writes a line for each datagram: at
// which port it came in, whom it was meant for, and its first bytes.
import { argv, stdout } from 'node:process';
import { NativePort } from '@weir/datagram';

async function listen(ip: string, port: number): Promise<void> {
  const socket = new NativePort({ ip, port }, { transparent: true });
  await socket.open(
    (batch) => {
      for (const { to, bytes } of batch) {
        const begins = Buffer.from(bytes.subarray(0, 4)).toString('hex');
        stdout.write(`${JSON.stringify({ at: port, to: `${to.ip}/${String(to.port)}`, begins })}\n`);
      }
    },
    () => undefined,
  );
}

async function main(): Promise<void> {
  for (const address of argv.slice(2)) {
    const at = address.lastIndexOf('/');
    await listen(address.slice(0, at), Number(address.slice(at + 1)));
  }
  stdout.write('ready\n');
}

void main();
