import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { listenAdmin } from './listen';

function listener(server: Server) {
  return {
    async listen(port: number, host: string): Promise<void> {
      server.listen(port, host);
      await once(server, 'listening');
    },
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('names the key, the address and the remedy where another program listens', async () => {
  const taken = createServer();
  await listenAdmin(listener(taken), { host: '127.0.0.1', port: 0 });
  const port = portOf(taken);
  await expect(listenAdmin(listener(createServer()), { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'ADMIN_LISTEN_FAILED',
    message: `admin.listen is "127.0.0.1:${port}": another program listens there; end it, or choose another port`,
    details: { reason: 'EADDRINUSE' },
  });
  taken.close();
});

it('names an address that this machine does not have', async () => {
  const refused = listenAdmin(listener(createServer()), { host: '192.0.2.1', port: 1 });
  await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('this machine has no such address') });
});
