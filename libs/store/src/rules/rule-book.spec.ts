import { groupRulesMax, jobsKeptMax, swarmRulesMax } from '../limits';
import type { RuleChange } from './rule';
import { RuleBook } from './rule-book';

const makers: [string, number, (at: number, gone: boolean) => RuleChange][] = [
  [
    'swarms',
    swarmRulesMax,
    (at, gone) => ({ kind: 'swarm', swarmId: String(at), rule: gone ? undefined : { fetchRate: 1 } }),
  ],
  ['labels', groupRulesMax, (at, gone) => ({ kind: 'label', name: String(at), quotaBytes: gone ? undefined : 1 })],
  ['jobs', jobsKeptMax, (at, gone) => ({ kind: 'job', name: String(at), text: gone ? undefined : '' })],
];

it.each(makers)('has room for so many %s, and for changes of them', (_, max, make) => {
  const book = new RuleBook();
  for (let at = 0; at < max; at++) {
    expect(book.hasRoomFor(make(at, false))).toBe(true);
    book.apply(make(at, false));
  }
  expect(book.hasRoomFor(make(max, false))).toBe(false);
  expect(book.hasRoomFor(make(0, false))).toBe(true);
  expect(book.hasRoomFor(make(max, true))).toBe(true);
  book.apply(make(0, true));
  expect(book.hasRoomFor(make(max, false))).toBe(true);
});
