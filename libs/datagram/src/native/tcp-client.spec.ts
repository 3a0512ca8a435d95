import { once } from 'node:events';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { connectNativeSocket } from './native-socket';
import { codeOf, describeNative, freeDescriptor } from './native.testing';

const anyPort = { ip: '127.0.0.1', port: 0 };

describeNative('TCP sockets that connect from a chosen address', (addon) => {
  let server = createServer();

  async function serve(ip: string): Promise<number> {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.write(`${socket.remoteAddress ?? ''} `);
      socket.pipe(socket);
    }).listen(0, ip);
    await once(server, 'listening');
    const address: AddressInfo | string | null = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  afterEach(() => server.close());

  it.each([
    ['127.0.0.1', '127.0.0.5'],
    ['::1', '::1'],
  ])('carry what is written before they are connected, to %s from %s', async (ip, from) => {
    const port = await serve(ip);
    const { fd, local } = connectNativeSocket({ from: { ip: from, port: 0 }, to: { ip, port } }, {}, addon);
    expect(local.ip).toBe(from);
    const socket = new Socket({ fd });
    socket.end('written at once');
    const chunks: Buffer[] = await socket.toArray();
    expect(Buffer.concat(chunks).toString()).toBe(`${from} written at once`);
  });

  it('tell by an error that nobody listens there, and are closed then', async () => {
    const port = await serve('127.0.0.1');
    server.close();
    const before = freeDescriptor();
    const { fd } = connectNativeSocket({ from: anyPort, to: { ip: '127.0.0.1', port } }, {}, addon);
    const socket = new Socket({ fd });
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    await once(socket, 'close');
    expect(freeDescriptor()).toBe(before);
  });

  it.each([
    ['DATAGRAM_ADDRESS_NOT_LOCAL', '192.0.2.1', '127.0.0.1'],
    ['DATAGRAM_ADDRESS_NOT_LOCAL', '127.0.0.1', '::1'],
    ['DATAGRAM_SOCKET_FAILED', '127.0.0.1', '255.255.255.255'],
    ['DATAGRAM_ADDRESS_INVALID', 'here', '127.0.0.1'],
    ['DATAGRAM_ADDRESS_INVALID', '127.0.0.1', 'there'],
  ])('are refused with %s from %s to %s, and leave nothing open', (code, from, ip) => {
    const before = freeDescriptor();
    expect(codeOf(() => connectNativeSocket({ from: { ip: from, port: 0 }, to: { ip, port: 80 } }, {}, addon))).toBe(
      code,
    );
    expect(freeDescriptor()).toBe(before);
  });
});
