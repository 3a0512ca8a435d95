import { sha256Of } from '../e2e/harness/stage';
import { families, subscriber } from './lab/addresses';
import { Lab } from './lab/lab';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

/** Behind the appliance, as with tunnels to subscribers: less than what is served in one packet where it is free to be larger. */
const narrowBytes = 1_400;

describeNamespaces('a subscriber whose line takes smaller packets than the appliance sends', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = Lab.build(['access', 'pop']);
    const access = lab.router();
    access.namespace.run(`ip link set ${access.inside} mtu ${narrowBytes}`);
    lab.network.subscribers.run(`ip link set to-access mtu ${narrowBytes}`);
    await lab.appliance({}, lab.router(1));
  });
  afterAll(() => lab.end());

  // Hashes fill a datagram whatever the size of a chunk, and DATA of this one does not fit the line either.
  it.each(families)('is served all the same: IPv%d', async (family) => {
    const content = lab.content(`narrow-${family}`, 1_000_000);
    const format = { chunkSize: 1_400 } as const;
    const seeder = await lab.seeder({ path: content.path, external: 1, family, format });
    const fetch = { family, format, swarmId: seeder.link, peers: [seeder.address] };
    for (const number of [1, 2]) {
      const { file } = await lab.fetch({ ...fetch, subscriber: number });
      expect(sha256Of(file)).toBe(content.sha256);
      const from = { ip: subscriber(number, family) };
      expect(lab.arrivals.outside.packets('datagrams', { from })).toBe(0);
    }
    await seeder.program.kill();
  });
});
