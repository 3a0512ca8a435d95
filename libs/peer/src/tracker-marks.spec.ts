import { RuleBook, type RuleChange } from '@weir/store';
import { marksMax } from './limits';
import { TrackerMarks } from './tracker-marks';

const tracker = 'http://t/';
const quota: RuleChange = { kind: 'tracker', name: tracker, quotaBytes: 5 };
const ruled = (swarmId: string, rule: object): RuleChange => ({ kind: 'swarm', swarmId, rule });

function applied(rules: RuleBook, changes: readonly RuleChange[]): readonly RuleChange[] {
  for (const change of changes) rules.apply(change);
  return changes;
}

it('are taken together, each swarm once and with what else is laid down for it', () => {
  const rules = new RuleBook([quota, ruled('b', { label: 'news' })]);
  const marks = new TrackerMarks(rules);
  expect(['a', 'b', 'a', 'c'].map((swarmId) => marks.note(swarmId, tracker))).toEqual([true, false, false, false]);
  rules.apply(ruled('c', { tracker: 'http://first/' }));
  expect(applied(rules, marks.take())).toEqual([ruled('a', { tracker }), ruled('b', { tracker, label: 'news' })]);
  expect(marks.note('a', tracker)).toBe(false);
  expect(marks.note('d', 'http://unbound/')).toBe(false);
  expect(marks.take()).toEqual([]);
});

it('come back to a swarm that lost one with the quota, and has other rules', () => {
  const rules = new RuleBook([quota, ruled('a', { label: 'news', tracker: undefined })]);
  const marks = new TrackerMarks(rules);
  marks.note('a', tracker);
  expect(marks.take()).toEqual([ruled('a', { label: 'news', tracker })]);
});

it('are no more at a time than there is memory for', () => {
  const marks = new TrackerMarks(new RuleBook([quota]));
  for (let at = 0; at <= marksMax; at++) marks.note(String(at), tracker);
  expect(marks.take()).toHaveLength(marksMax);
});

it('give way, the oldest first, to what an operator lays down and to newer ones', () => {
  const rules = new RuleBook([quota, ruled('pinned', { pinned: true, tracker })]);
  const marks = new TrackerMarks(rules);
  for (let at = 0; rules.swarmRoom > 0; at++) rules.apply(ruled(String(at), { tracker }));
  const block = ruled('new', { label: 'news' });
  expect(applied(rules, marks.withRoom([block]) ?? [])).toEqual([{ ...ruled('0', {}), rule: undefined }, block]);
  marks.note('named', tracker);
  applied(rules, marks.take());
  expect(rules.swarms.has('1')).toBe(false);
  expect(rules.swarm('named')).toEqual({ tracker });
  expect(rules.swarm('pinned')).toEqual({ pinned: true, tracker });
  expect(rules.swarmRoom).toBe(0);
});

it('find no room among rules that operators laid down', () => {
  const rules = new RuleBook([quota]);
  for (let at = 0; rules.swarmRoom > 0; at++) rules.apply(ruled(String(at), { label: 'news' }));
  const marks = new TrackerMarks(rules);
  marks.note('named', tracker);
  expect(marks.take()).toEqual([]);
  expect(marks.withRoom([ruled('new', { label: 'news' })])).toBeUndefined();
});
