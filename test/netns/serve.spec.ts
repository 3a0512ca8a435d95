import { sha256Of } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { external, families, subscriber } from './lab/addresses';
import type { LabAppliance } from './lab/appliance';
import { callOrigin, isFrom, openEnds } from './lab/flows';
import { Lab } from './lab/lab';
import { answerOf, handshake, unknownSwarm } from './lab/words';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

/** A HANDSHAKE for what nobody has is passed on after half a second (and what a busy machine adds). */
const patienceMillis = 1_500;
/** What costs no transit is some words to peers that are known: no share of any content. */
const smallOctets = 20_000;

describeNamespaces('an intercepted subscriber, who knows a far peer only', () => {
  let lab: Lab;
  let appliance: LabAppliance;
  beforeAll(async () => {
    lab = Lab.build();
    appliance = await lab.appliance();
  });
  afterAll(() => lab.end());

  describe.each(families)('over IPv%d', (family) => {
    it('is served by the appliance under the far address, the second at no cost, and without any tracker', async () => {
      const content = lab.content(`served-${family}`, 3_000_000);
      const seeder = await lab.seeder({ path: content.path, external: 1, family });
      const fetch = { family, swarmId: seeder.link, peers: [seeder.address] };
      const first = await lab.fetch({ ...fetch, subscriber: 1 });
      expect(sha256Of(first.file)).toBe(content.sha256);
      expect(first.peers).toEqual({ [seeder.address]: content.size });
      await untilTrue('it is all stored', async () => (await appliance.swarm(seeder.swarmId))?.complete === true);

      const before = lab.network.octets(lab.router());
      const second = await lab.fetch({ ...fetch, subscriber: 2 });
      expect(sha256Of(second.file)).toBe(content.sha256);
      expect(second.peers).toEqual({ [seeder.address]: content.size });
      const after = lab.network.octets(lab.router());
      expect(after.received - before.received).toBeLessThan(smallOctets);
      expect(after.sent - before.sent).toBeLessThan(smallOctets);
      for (const number of [1, 2]) {
        const from = { ip: subscriber(number, family) };
        expect(lab.arrivals.outside.packets('datagrams', { from })).toBe(0);
      }
      await seeder.program.kill();
    });

    it('has several channels, to different origins, of the same and of different swarms', async () => {
      const contents = [1, 2].map((number) => lab.content(`several-${family}-${number}`, 1_000_000));
      const seeders = await Promise.all(
        contents.map(({ path }, index) => lab.seeder({ path, external: 3 + index, family })),
      );
      const peers = seeders.map(({ address }) => address);
      const fetched = await Promise.all(
        seeders.map(({ link }) => lab.fetch({ subscriber: 3, family, swarmId: link, peers })),
      );
      expect(fetched.map(({ file }) => sha256Of(file))).toEqual(contents.map(({ sha256 }) => sha256));

      const caller = await lab.subscribers.bind(subscriber(3, family));
      const origins = await Promise.all([5, 6].map((number) => lab.internet.bind(external(number, family))));
      const calls = seeders.flatMap(({ swarmId }) => origins.map((origin) => ({ swarmId, origin })));
      const channels = [];
      for (const [index, { swarmId, origin }] of calls.entries()) {
        channels.push(await callOrigin({ subscriber: caller, origin }, { swarmId, channel: index + 1 }));
      }
      expect(new Set(channels).size).toBe(calls.length);
      for (const { heard } of origins) expect(heard.filter(isFrom(caller))).toEqual([]);
      await Promise.all(seeders.map(({ program }) => program.kill()));
    });

    it('is left to the far peer where nobody answers for a swarm that is not held', async () => {
      const ends = await openEnds(lab, { subscriber: 4, external: 7, family });
      const said = handshake({ swarmId: unknownSwarm(), channel: 7 });
      const begin = performance.now();
      await ends.subscriber.send(ends.origin.place, said);
      const isHis = isFrom(ends.subscriber);
      const [first] = await ends.origin.until(1, isHis);
      expect(performance.now() - begin).toBeLessThan(patienceMillis);
      expect(first?.hex).toBe(said);
      // The answer, and all that follows, goes its way in both directions.
      await ends.origin.send(ends.subscriber.place, '0000000700');
      await ends.subscriber.until(1);
      await ends.subscriber.send(ends.origin.place, '0badcafe00', '0badcafe01');
      const all = await ends.origin.until(3, isHis);
      expect(all.map(({ hex }) => hex)).toEqual([said, '0badcafe00', '0badcafe01']);
      expect(ends.subscriber.heard.map(({ hex }) => answerOf(hex).to)).toEqual([7]);
    });
  });
});
