import type { Seeder } from '../e2e/harness/peers';
import { sha256Of, type ContentFile } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { external, families, subscriber, type Family } from './lab/addresses';
import type { LabAppliance } from './lab/appliance';
import { callOrigin, isFrom, openEnds } from './lab/flows';
import { interceptionOf } from './lab/interception';
import { markOf, ruleCounters, stateOf } from './lab/kernel';
import { Lab } from './lab/lab';
import { handshake } from './lab/words';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

/** A swarm that an operator blocked, in any bytes. */
const blocked = 'b'.repeat(64);
const [blockedBytes, unprotectedBytes] = [4_000_000, 1_000_000];
/** How far the estimate of passed content may be from the truth. */
const estimateTolerance = 0.03;
/** The kernel's counters are read more often than this. */
const readMillis = 2_500;
const [none, unknownHash] = [0, 9];

/** First datagrams that the rules divert, and that are for nobody here: each is passed on at once. */
const strangers = [
  {
    what: 'another protocol, which begins as a HANDSHAKE does',
    said: `${'00'.repeat(5)}0a0b0c0d0001${'5a'.repeat(90)}`,
  },
  { what: 'a blocked swarm', said: handshake({ swarmId: blocked }) },
  { what: 'integrity method none', said: handshake({ options: { integrityMethod: none } }) },
  { what: 'a live stream', said: handshake({ options: { integrityMethod: 3, liveSignatureAlgorithm: 13 } }) },
  { what: 'a hash function that nobody knows', said: handshake({ options: { hashFunction: unknownHash } }) },
  { what: 'chunk addressing that nobody knows', said: handshake({ options: { chunkAddressing: 9 } }) },
  { what: 'chunks that are too large', said: handshake({ options: { chunkSize: 2 ** 24 } }) },
  { what: 'a later version only', said: handshake({ options: { minimumVersion: 2 } }) },
  { what: 'a later version', said: handshake({ options: { version: 2 } }) },
] as const;

describeNamespaces('what is intercepted and is not served', () => {
  let lab: Lab;
  let appliance: LabAppliance;
  let content: ContentFile;
  beforeAll(async () => {
    lab = Lab.build();
    content = lab.content('blocked', blockedBytes);
    const { swarmId, program } = await seederOf(4);
    await program.kill();
    appliance = await lab.appliance({ env: { WEIR_SWARMS_BLOCKED: [blocked, swarmId].join() } });
  });
  afterAll(() => lab.end());

  describe.each(families)('over IPv%d', (family) => {
    it.each(strangers)('goes on as it was, once, in both directions: $what', async ({ said }) => {
      const ends = await openEnds(lab, { subscriber: 1, external: 1, family });
      await ends.subscriber.send(ends.origin.place, said);
      await ends.origin.until(1);
      await ends.origin.send(ends.subscriber.place, 'ca11');
      await ends.subscriber.until(1);
      await ends.subscriber.send(ends.origin.place, 'feed', said);
      await ends.origin.until(3);
      expect(ends.origin.heard).toEqual([said, 'feed', said].map((hex) => ({ from: ends.subscriber.place, hex })));
      expect(ends.subscriber.heard).toEqual([{ from: ends.origin.place, hex: 'ca11' }]);
    });

    it('is the kernel’s from its first datagram on, which the appliance alone has seen', async () => {
      const before = await appliance.metric('datapath_passed_total');
      const ends = await openEnds(lab, { subscriber: 1, external: 1, family });
      await ends.subscriber.send(ends.origin.place, handshake({ swarmId: blocked }));
      await ends.origin.until(1);
      expect(stateOf(markOf(lab.router().namespace, ends.subscriber.place, ends.origin.place))).toBe('content');
      await ends.subscriber.send(ends.origin.place, ...Array.from({ length: 50 }, (_, index) => `0bad00${index + 10}`));
      await ends.origin.until(51);
      expect((await appliance.metric('datapath_passed_total')) - before).toBe(1);
    });

    it('is fetched at the first attempt, by the kernel: a swarm that is blocked', async () => {
      const seeder = await seederOf(family);
      const octets = counterOf(family);
      const { file } = await lab.fetch({ subscriber: 2, family, swarmId: seeder.link, peers: [seeder.address] });
      expect(sha256Of(file)).toBe(content.sha256);
      const way = { from: { ip: subscriber(2, family) }, to: { ip: external(2, family) } };
      expect(lab.arrivals.outside.packets('handshakes', way)).toBe(1);
      expect(counterOf(family) - octets).toBeGreaterThan(content.size);
      await seeder.program.kill();
    });

    it('is fetched at the first attempt where nothing protects it', async () => {
      const { path, sha256 } = lab.content(`none-${family}`, unprotectedBytes);
      const more = ['--integrity', 'none', '--swarm-id', `3${family}`];
      const seeder = await lab.seeder({ path, external: 3, family, more });
      const { file } = await lab.fetch({ subscriber: 3, family, swarmId: seeder.link, peers: [seeder.address] });
      expect(sha256Of(file)).toBe(sha256);
      const way = { from: { ip: subscriber(3, family) }, to: { ip: external(3, family) } };
      expect(lab.arrivals.outside.packets('handshakes', way)).toBe(1);
      await seeder.program.kill();
    });
  });

  it('counts as content that subscribers fetched past us, within 3 % of the truth', async () => {
    const truth = families.length * (blockedBytes + unprotectedBytes);
    const estimate = await settled(async () => (await interceptionOf(appliance)).passedBytesEstimate);
    expect(Math.abs(estimate / truth - 1)).toBeLessThan(estimateTolerance);
  });

  it('does not end what is served on the same flow: a datagram that is none of ours goes on alone', async () => {
    const { path } = lab.content('shared', 500_000);
    const { swarmId, link, address } = await lab.seeder({ path, external: 5 });
    await lab.fetch({ subscriber: 5, swarmId: link, peers: [address] });
    const ends = await openEnds(lab, { subscriber: 5, external: 6 });
    await callOrigin(ends, { swarmId, channel: 1 });
    await ends.subscriber.send(ends.origin.place, 'not a datagram of ours'.split('').map(hexOfLetter).join(''));
    await ends.origin.until(1, isFrom(ends.subscriber));
    expect(stateOf(markOf(lab.router().namespace, ends.subscriber.place, ends.origin.place))).toBe('epoch');
    await callOrigin(ends, { swarmId, channel: 2 });
    expect(ends.origin.heard.filter(isFrom(ends.subscriber))).toHaveLength(1);
  });

  function seederOf(family: Family): Promise<Seeder> {
    return lab.seeder({ path: content.path, external: 2, family });
  }

  function counterOf(family: Family): number {
    return ruleCounters(lab.router().namespace).get(`passed_content_down_ipv${family}`)?.bytes ?? 0;
  }
});

/** What a figure that is read now and then comes to when nothing goes on any more. */
async function settled(read: () => Promise<number>): Promise<number> {
  let last = { figure: NaN, since: 0 };
  await untilTrue('the figure stays', async () => {
    const figure = await read();
    if (figure !== last.figure) last = { figure, since: performance.now() };
    return performance.now() - last.since > readMillis;
  });
  return last.figure;
}

function hexOfLetter(letter: string): string {
  return letter.charCodeAt(0).toString(16);
}
