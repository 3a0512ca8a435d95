import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where the appliance of this test process is: processes run beside each other, and must not meet at a port. */
export const applianceIp = `127.3.${process.env['JEST_WORKER_ID'] ?? '1'}.2`;

/** A UDP port of this address that the kernel had free a moment ago. */
export async function freeUdpPort(ip: string): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** A TCP port of this address that the kernel had free a moment ago. */
export async function freeTcpPort(ip: string): Promise<number> {
  const server = createServer().listen(0, ip);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  return address.port;
}
