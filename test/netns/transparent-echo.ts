// Stands in the path: sends every datagram back from the address that it was meant for, and tells each HTTP client which
// address it meant.
import { createServer } from 'node:http';
import { stdout } from 'node:process';
import { NativePort, openNativeListener, type Datagram } from '@weir/datagram';

/** Where the rules divert datagrams and connections to. */
const ports = { udp: 9_100, tcp: 9_180 };

async function main(): Promise<void> {
  const port = new NativePort({ ip: '::', port: ports.udp }, { transparent: true, reusePort: true, mark: 7, dscp: 10 });
  await port.open(
    (batch) => port.send(batch.map(answer)),
    (fault) => stdout.write(`fault ${JSON.stringify(fault)}\n`),
  );
  const server = createServer(({ socket: { localAddress = '', localPort = 0 } }, response) => {
    response.end(`${localAddress} ${String(localPort)}`);
  });
  const { fd } = openNativeListener({ ip: '::', port: ports.tcp }, { transparent: true });
  server.listen({ fd }, () => stdout.write('ready\n'));
}

function answer({ from, to, bytes }: Datagram) {
  return { to: from, from: to, bytes };
}

void main();
