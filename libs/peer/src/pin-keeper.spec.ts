import type { SwarmId, SwarmMetadata } from '@weir/ppspp';
import { RuleBook, type SwarmRule, type SwarmSummary } from '@weir/store';
import { PinKeeper } from './pin-keeper';

const one = 'a'.repeat(64);
const content = { hash: 'sha256', addressing: 'bin32', chunkSize: 2_048 } as const;
const minute = 60_000;

function summary(swarmId: SwarmId, extentsHeld: number): SwarmSummary {
  const record = { metadata: { swarmId, ...content }, chunkCount: 3 * 64, peaks: [], contentBytes: undefined };
  return { record, extentsHeld, storedBytes: 1, firstUse: 1, lastUse: 1 };
}

describe('the keeper of pins', () => {
  let now: number;
  let rules: RuleBook;
  let stored: Map<SwarmId, SwarmSummary>;
  let fetched: SwarmMetadata[];
  let settled: SwarmId[];
  let keeper: PinKeeper;

  beforeEach(() => {
    now = 0;
    rules = new RuleBook();
    stored = new Map();
    fetched = [];
    settled = [];
    const reviseAll = (ids: readonly SwarmId[], change: (rule: SwarmRule, id: SwarmId) => SwarmRule) => {
      for (const id of ids) lay(id, change(rules.swarm(id) ?? {}, id));
      return Promise.resolve();
    };
    const find = (id: SwarmId) => stored.get(id);
    const fetch = (metadata: SwarmMetadata) => void fetched.push(metadata);
    const settle = (id: SwarmId) => void settled.push(id);
    keeper = new PinKeeper({ rules, reviseAll, find, fetch, settle }, () => now);
  });

  afterEach(() => keeper.stop());

  const lay = (swarmId: SwarmId, rule: SwarmRule) => rules.apply({ kind: 'swarm', swarmId, rule });
  const later = (millis: number) => {
    now += millis;
    keeper.look();
  };

  it('fetches a swarm whose record is gone by what it noted while that was there', () => {
    lay(one, { pinned: true });
    later(1);
    expect(rules.swarm(one)).toEqual({ pinned: true });
    stored.set(one, summary(one, 3));
    later(1);
    expect(rules.swarm(one)).toEqual({ pinned: true, content });
    stored.delete(one);
    keeper.damaged(one);
    expect(fetched).toEqual([{ swarmId: one, ...content }]);
  });

  it('guesses what is usual where nothing was noted', () => {
    lay(one, { pinned: true });
    keeper.damaged(one);
    expect(fetched).toEqual([{ swarmId: one, hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 }]);
  });

  it('asks again until all of it is here, and then no more', () => {
    lay(one, { pinned: true, content });
    stored.set(one, summary(one, 2));
    keeper.damaged(one);
    keeper.damaged(one);
    expect(fetched).toHaveLength(1);
    later(minute);
    expect(fetched).toHaveLength(2);
    stored.set(one, summary(one, 3));
    later(1);
    expect(settled).toEqual([one]);
    later(20 * minute);
    expect(fetched).toHaveLength(2);
  });

  it('leaves alone what is not pinned, or not any more', () => {
    keeper.damaged(one);
    lay(one, { label: 'news' });
    keeper.damaged(one);
    expect(fetched).toEqual([]);
    lay(one, { pinned: true, content });
    keeper.damaged(one);
    lay(one, {});
    later(minute);
    expect([fetched.length, settled]).toEqual([1, [one]]);
  });

  it('after the loss of a store fetches all that is missing, a few at a time, and waits for none that nobody has', () => {
    const ids = Array.from({ length: 40 }, (_, at) => at.toString(16).padStart(64, '0'));
    for (const id of ids) lay(id, { pinned: true, content });
    lay('b'.repeat(64), { pinned: true });
    stored.set(ids[0] ?? '', summary(ids[0] ?? '', 3));
    keeper.allDamaged();
    expect(fetched).toHaveLength(16);
    later(10 * minute);
    later(10 * minute);
    expect(new Set(fetched.map(({ swarmId }) => swarmId))).toEqual(new Set(ids.slice(1)));
  });
});
