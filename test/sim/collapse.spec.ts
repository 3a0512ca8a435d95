import { content, OutsideLink, second } from './outside-link';
import { eachSeed, expectThat } from './seeds';

const film = content('collapse', 400_000);
const { swarmId } = film.metadata;

describe('requests of many for the same', () => {
  it('cost one fetch of each chunk, for those who come at once, those who come late, and after an eviction', async () => {
    await eachSeed(4, async (seed) => {
      const link = await new OutsideLink(seed).seeders(1 + (seed % 2), film);
      const cache = await link.cache();
      const { counters } = cache.endpoint;
      const audience = [];
      for (let count = 0; count < 6; count++) audience.push(await link.subscriber(cache, film));
      link.world.run(() => counters.fetchedBytes > 100_000, 10);
      expectThat(counters.fetchedBytes < film.bytes.length, 'it is under way');
      for (let count = 0; count < 3; count++) audience.push(await link.subscriber(cache, film));
      for (const one of audience) link.secondsFor(one, film, 30);
      expect(counters.fetchedBytes).toBe(film.bytes.length);
      expect(link.outside.reduce((sum, { endpoint }) => sum + endpoint.counters.servedBytes, 0)).toBe(
        film.bytes.length,
      );
      cache.store.erase({ swarmId, index: 2 });
      cache.input({ kind: 'extent-evicted', swarmId, extent: 2 });
      const late = [await link.subscriber(cache, film), await link.subscriber(cache, film)];
      for (const one of late) link.secondsFor(one, film, 30);
      expect(counters.fetchedBytes).toBe(film.bytes.length + 64 * 1_024);
      expectThat(link.world.now < 120 * second, 'within two minutes');
    });
  });
});
