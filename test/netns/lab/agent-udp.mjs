// UDP sockets for an agent. Each datagram that arrives is told as an event, unless its socket answers by itself.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const receiveBytes = 2 ** 22;

export function udpVerbs(tell) {
  const sockets = new Map();
  let last = 0;

  return {
    /** An `echo` sends back what it hears, and counts it. */
    async bind({ ip, port = 0, echo = false }) {
      const type = ip.includes(':') ? 'udp6' : 'udp4';
      const socket = createSocket({ type, recvBufferSize: receiveBytes });
      const id = ++last;
      const entry = { socket, heard: 0, bytes: 0 };
      socket.on('message', (bytes, { address, port: from }) => {
        entry.heard++;
        entry.bytes += bytes.length;
        if (echo) socket.send(bytes, from, address);
        else tell({ event: 'datagram', socket: id, from: { ip: address, port: from }, hex: bytes.toString('hex') });
      });
      // What ICMP tells of a closed port is nothing to end for.
      socket.on('error', () => undefined);
      socket.bind(port, ip);
      await once(socket, 'listening');
      sockets.set(id, entry);
      return { id, port: socket.address().port };
    },

    async send({ id, to, datagrams }) {
      const { socket } = sockets.get(id);
      for (const hex of datagrams) socket.send(Buffer.from(hex, 'hex'), to.port, to.ip);
    },

    async counts({ id }) {
      const { heard, bytes } = sockets.get(id);
      return { heard, bytes };
    },

    async close({ id }) {
      sockets.get(id)?.socket.close();
      sockets.delete(id);
    },
  };
}
