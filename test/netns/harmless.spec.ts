import { sha256Of } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { external, families, subscriber } from './lab/addresses';
import type { LabAppliance } from './lab/appliance';
import { callOrigin, isFrom, openEnds } from './lab/flows';
import { markOf, ruleCounters, stateOf } from './lab/kernel';
import { Lab } from './lab/lab';
import { Witness } from './lab/witness';
import { handshake } from './lab/words';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

const bulkBytes = 50_000_000;
const streamDatagrams = 2_000;
/** Expedited forwarding, RFC 3246: nothing else in the lab has it. */
const dscp = 46;

describeNamespaces('traffic that is not for the appliance', () => {
  let lab: Lab;
  let appliance: LabAppliance;
  let served: Witness;
  let swarmId: string;
  beforeAll(async () => {
    lab = Lab.build();
    const condition = { 4: `ip dscp ${dscp}`, 6: `ip6 dscp ${dscp}` };
    served = new Witness(lab.network.subscribers, 'served', { hook: 'input', condition });
    const content = lab.content('content', 1_000_000);
    const seeder = await lab.seeder({ path: content.path, external: 1 });
    ({ swarmId } = seeder);
    appliance = await lab.appliance({ env: { WEIR_UPLOAD_DSCP: String(dscp) } });
    await lab.fetch({ subscriber: 1, swarmId: seeder.link, peers: [seeder.address] });
    await untilTrue('it is all stored', async () => (await appliance.swarm(swarmId))?.complete === true);
  });
  afterAll(() => lab.end());

  describe.each(families)('over IPv%d', (family) => {
    it('crosses as it is: TCP, byte by byte', async () => {
      const before = lab.diverted.packets('datagrams');
      const { port } = await lab.internet.source(external(10, family), bulkBytes);
      const way = { ip: external(10, family), port, localAddress: subscriber(10, family), bytes: bulkBytes };
      const [heard, sent] = await Promise.all([lab.subscribers.exchange(way), lab.internet.digest(bulkBytes)]);
      expect(heard).toEqual(sent);
      expect(lab.diverted.packets('datagrams')).toBe(before);
    });

    it.each([
      { what: 'of any protocol', prefix: 'feedbeef00' },
      { what: 'that begins with five zero bytes', prefix: '0000000000' },
      { what: 'that begins as a HANDSHAKE of another version does', prefix: '0000000000a1a2a3a40002' },
    ])('crosses as it is: a stream of datagrams $what, there and back', async ({ prefix }) => {
      const before = { intercepted: intercepted(), diverted: lab.diverted.packets('datagrams') };
      const echo = await lab.internet.echo(external(11, family));
      const own = await lab.subscribers.bind(subscriber(11, family));
      const sent = Array.from({ length: streamDatagrams }, (_, index) => datagram(prefix, index));
      for (let first = 0; first < sent.length; first += 100) {
        await own.send(echo.place, ...sent.slice(first, first + 100));
        await own.until(first + 100);
      }
      expect(own.heard.map(({ hex }) => hex).sort()).toEqual([...sent].sort());
      expect({ intercepted: intercepted(), diverted: lab.diverted.packets('datagrams') }).toEqual(before);
      expect(stateOf(markOf(lab.router().namespace, own.place, echo.place))).toBe('untouched');
    });

    it('is let go of where its datagrams cannot be told from a HANDSHAKE', async () => {
      const echo = await lab.internet.echo(external(12, family));
      const own = await lab.subscribers.bind(subscriber(12, family));
      const sent = Array.from({ length: 200 }, (_, index) => datagram('0000000000a1a2a3a40001', index));
      await own.send(echo.place, ...sent);
      await own.until(sent.length);
      expect(own.heard.map(({ hex }) => hex).sort()).toEqual([...sent].sort());
    });

    it('gets nothing under a forged subscriber’s address from outside', async () => {
      const victim = await lab.subscribers.bind(subscriber(13, family));
      const { ip, port } = appliance.service(family);
      const before = counter('spoofed');
      const as = `${victim.place.ip}/${victim.place.port}`;
      await lab.network.internet.start('spoof.ts', as, `${ip}/${port}`, handshake({ swarmId })).next();
      await untilTrue('it came to the guard', () => counter('spoofed') > before);
      // And not to the service address, but as if the subscriber called somebody.
      await lab.network.internet.start('spoof.ts', as, `${external(14, family)}/7000`, handshake({ swarmId })).next();
      await expectOpenFor(family);
      expect(victim.heard).toEqual([]);
    });

    it('gets nothing from the service port unless it is a subscriber’s', async () => {
      const stranger = await lab.internet.bind(external(15, family));
      const place = appliance.service(family);
      const faults = () => appliance.metric('ppspp_faults_total', { fault: 'not-admitted' });
      const before = await faults();
      await stranger.send(place, handshake({ swarmId }));
      await untilTrue('it was heard', async () => (await faults()) > before);
      await expectOpenFor(family);
      expect(stranger.heard).toEqual([]);
    });

    it('is marked with the configured code point where it is served', async () => {
      const ends = await openEnds(lab, { subscriber: 14, external: 16, family });
      await callOrigin(ends, { swarmId });
      const way = { from: ends.origin.place, to: ends.subscriber.place };
      expect(served.packets('datagrams', way)).toBeGreaterThan(0);
      expect(ends.origin.heard.filter(isFrom(ends.subscriber))).toEqual([]);
    });
  });

  /** A subscriber is served, so that what came before was heard too. */
  async function expectOpenFor(family: (typeof families)[number]): Promise<void> {
    await callOrigin(await openEnds(lab, { subscriber: 16, external: 17, family }), { swarmId });
  }

  function counter(name: string): number {
    return ruleCounters(lab.router().namespace).get(name)?.packets ?? 0;
  }

  function intercepted(): number {
    return counter('intercepted_ipv4') + counter('intercepted_ipv6');
  }
});

describeNamespaces('two appliances in line', () => {
  let lab: Lab;
  beforeAll(() => {
    lab = Lab.build(['edge', 'core']);
  });
  afterAll(() => lab.end());

  it('serve without a loop, the inner one by the outer one, which takes it for a subscriber', async () => {
    const core = await lab.appliance({ env: { WEIR_SUBSCRIBERS: corePrefixes } }, lab.router(1));
    const edge = await lab.appliance({}, lab.router(0));
    for (const family of families) {
      const content = lab.content(`content-${family}`, 2_000_000);
      const { link, address, program, swarmId } = await lab.seeder({ path: content.path, external: 1, family });
      const fetch = { family, swarmId: link, peers: [address] };
      const { file } = await lab.fetch({ ...fetch, subscriber: 1 });
      expect(sha256Of(file)).toBe(content.sha256);
      await untilTrue('the inner one holds it', async () => (await edge.swarm(swarmId))?.complete === true);
      const before = lab.network.octets(lab.router(1));
      const again = await lab.fetch({ ...fetch, subscriber: 2 });
      expect(sha256Of(again.file)).toBe(content.sha256);
      expect(lab.network.octets(lab.router(1)).received - before.received).toBeLessThan(20_000);
      await program.kill();
    }
    const [inner, outer] = [await edge.status(), await core.status()];
    // Each byte came in once, and went on once: to the inner appliance by the outer one.
    expect(outer.cacheInBytes / inner.cacheInBytes).toBeCloseTo(1, 1);
    expect(outer.cacheOutBytes / inner.cacheInBytes).toBeCloseTo(1, 1);
    expect(inner.cacheOutBytes).toBe(2 * (inner.cacheInBytes || NaN));
  });
});

/** Whom the outer appliance serves: subscribers, and the inner appliance, which calls from its own address. */
const corePrefixes = ['100.64.0.0/16', '2001:db8:64::/48', '192.0.2.16/28', '2001:db8:2:1::/64'].join();

/** A datagram of 1,000 bytes that says which it is. */
function datagram(prefix: string, index: number): string {
  return `${prefix}${index.toString(16).padStart(8, '0')}`.padEnd(2_000, '5a');
}
