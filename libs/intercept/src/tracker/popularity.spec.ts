import * as fc from 'fast-check';
import { SwarmPopularity } from './popularity';

const hour = 3_600_000_000;

describe('SwarmPopularity', () => {
  it('halves what was asked with each hour', () => {
    const popularity = new SwarmPopularity();
    popularity.ask('aa', 0);
    popularity.ask('aa', 0);
    expect(popularity.scoreOf('aa', hour)).toBeCloseTo(1);
    popularity.ask('aa', hour);
    expect(popularity.scoreOf('aa', 2 * hour)).toBeCloseTo(1);
    expect(popularity.scoreOf('bb', hour)).toBe(0);
  });

  it('knows the most popular', () => {
    const popularity = new SwarmPopularity();
    for (const swarmId of ['aa', 'bb', 'bb', 'cc', 'cc', 'cc']) popularity.ask(swarmId, 0);
    expect(popularity.top(2, 0)).toEqual([
      { swarmId: 'cc', score: 3 },
      { swarmId: 'bb', score: 2 },
    ]);
  });

  it('keeps a popular swarm, whatever flood of others comes', () => {
    const popularity = new SwarmPopularity(16);
    for (let count = 0; count < 5; count++) popularity.ask('popular', 0);
    for (let index = 0; index < 10_000; index++) popularity.ask(`flood ${String(index)}`, index);
    expect(popularity.size).toBe(16);
    expect(popularity.top(1, 10_000)[0]?.swarmId).toBe('popular');
  });

  it('never has more than its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (asked) => {
        const popularity = new SwarmPopularity(8);
        for (const [now, swarm] of asked.entries()) popularity.ask(String(swarm), now);
        expect(popularity.size).toBe(Math.min(8, new Set(asked).size));
      }),
    );
  });
});
