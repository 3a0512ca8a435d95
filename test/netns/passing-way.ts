// Stands where diverted datagrams come, on both loopback addresses, and passes each on as it is. Writes a line for each: how long
// it was and whom it was for.
import { stdout } from 'node:process';
import { NativePort, passedContentMark, PassingPort } from '@weir/datagram';

const passing = new PassingPort(passedContentMark);

async function listen(ip: string): Promise<void> {
  const port = new NativePort({ ip, port: 9_100 }, { transparent: true });
  await port.open(
    (batch) => {
      for (const datagram of batch) {
        const fault = passing.pass(datagram);
        stdout.write(`${JSON.stringify({ bytes: datagram.bytes.length, to: datagram.to, fault })}\n`);
      }
    },
    () => undefined,
  );
}

async function main(): Promise<void> {
  passing.open();
  await listen('127.0.0.1');
  await listen('::1');
  stdout.write('ready\n');
}

void main();
