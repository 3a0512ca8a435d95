import { limits, second } from '../limits';
import { Candidates } from './candidates';

const now = second;
const at = (host: number) => ({ ip: `203.0.113.${String(host)}`, port: 6_778 });
const called = (host: number) => ({ address: at(host), priority: 0, origin: 'subscriber' }) as const;
const named = (host: number, priority: number) => ({ address: at(host), priority });
let candidates: Candidates;

beforeEach(() => {
  candidates = new Candidates();
});

describe('peers that are known since a subscriber called them', () => {
  it('come after all that trackers name, whatever their priority', () => {
    candidates.add([called(1), named(2, 65_535), named(3, 1)], now);
    expect(candidates.next(now)?.address).toEqual(at(3));
    expect(candidates.next(now)).toBeUndefined();
    const order = [1, 2].map((times) => candidates.next(now + times * limits.escalation)?.address);
    expect(order).toEqual([at(2), at(1)]);
  });

  it('are tried at once where nobody else is known, and where it is urgent', () => {
    candidates.add([called(1)], now);
    expect(candidates.next(now)?.address).toEqual(at(1));
    const others = new Candidates();
    others.add([named(2, 1), named(3, 2), called(1)], now);
    const urgent = [1, 2, 3].map(() => others.next(now, { isUrgent: true })?.address);
    expect(urgent).toEqual([at(2), at(1), undefined]);
  });

  it('do not change what a tracker said of them, and make no call for more peers dispensable', () => {
    candidates.add([named(1, 5)], now);
    candidates.add([called(1), called(2)], now);
    expect([candidates.originOf(at(1)), candidates.priorityOf(at(1))]).toEqual(['tracker', 5]);
    const unnamed = new Candidates();
    unnamed.add([called(1)], now);
    expect(unnamed.lacking(now)).toBe(true);
    unnamed.add([named(1, 5)], now);
    expect(unnamed.originOf(at(1))).toBe('tracker');
  });

  it('that do not answer are left alone, unless a subscriber calls them again', () => {
    candidates.add([called(1)], now);
    candidates.next(now);
    candidates.release(at(1), 'failed', now);
    const later = now + limits.exchangeRetry - 1;
    expect(candidates.next(later)).toBeUndefined();
    expect(candidates.next(later + 1)?.address).toEqual(at(1));
    candidates.release(at(1), 'failed', later);
    candidates.add([called(1)], later + second);
    expect(candidates.next(later + second)?.address).toEqual(at(1));
  });

  it('that sent something are tried again soon', () => {
    candidates.add([called(1)], now);
    candidates.next(now);
    candidates.release(at(1), 'failed-later', now);
    expect(candidates.next(now + limits.candidateRetry)?.address).toEqual(at(1));
  });

  it('are a share of all at most', () => {
    for (let host = 0; host < 250; host++) candidates.add([called(host)], now);
    let count = 0;
    while (candidates.next(now) !== undefined) count++;
    expect(count).toBe(limits.subscriberCandidatesMax);
  });
});
