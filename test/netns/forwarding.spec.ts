import { sha256Of } from '../e2e/harness/stage';
import { external, families, subscriber } from './lab/addresses';
import { Lab } from './lab/lab';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

describeNamespaces('the lab, with nothing in the path', () => {
  let lab: Lab;
  beforeAll(() => {
    lab = Lab.build();
  });
  afterAll(() => lab.end());

  it.each(families)('lets a subscriber fetch from the Internet, and counts what crosses: IPv%d', async (family) => {
    const content = lab.content(`content-${family}`, 1_000_000);
    const seeder = await lab.seeder({ path: content.path, external: 1, family });
    const before = lab.network.octets(lab.router());
    const { file, peers } = await lab.fetch({ subscriber: 1, family, swarmId: seeder.link, peers: [seeder.address] });
    expect(sha256Of(file)).toBe(content.sha256);
    expect(Object.keys(peers)).toEqual([seeder.address]);
    const { received } = lab.network.octets(lab.router());
    expect(received - before.received).toBeGreaterThan(content.size);
    expect(received - before.received).toBeLessThan(1.2 * content.size);
    const from = { ip: subscriber(1, family) };
    const handshakes = lab.arrivals.outside.packets('handshakes', { from, to: { ip: external(1, family) } });
    expect(handshakes).toBe(1);
    await seeder.program.kill();
  });
});
