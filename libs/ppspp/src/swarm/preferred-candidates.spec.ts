import type { Candidate } from '../endpoint/effects';
import { limits, second } from '../limits';
import { Candidates } from './candidates';
import { noPreference } from './preference';
import type { Refusal, Standing } from './standing';
import { Throughput } from './throughput';

const now = 100 * second;

function peer(host: number, more: Partial<Candidate> = {}): Candidate {
  return { address: { ip: `10.0.0.${String(host)}`, port: 7 }, priority: 1, ...more };
}

function candidatesWith(standings: Readonly<Record<number, Standing>>, throughput = new Throughput()) {
  const refused: Refusal[] = [];
  const candidates = new Candidates({
    standing: ({ address }) => standings[Number(address.ip.split('.')[3])] ?? 'far',
    speed: (address, at) => throughput.speed(address, at),
    refused: (refusal) => refused.push(refusal),
  });
  candidates.progressed(now);
  return { candidates, refused };
}

function called(candidates: Candidates, at = now): number[] {
  const hosts: number[] = [];
  for (let next = candidates.next(at); next !== undefined; next = candidates.next(at))
    hosts.push(Number(next.address.ip.split('.')[3]));
  return hosts;
}

it('calls siblings, then near peers, then others, each when nothing came from those before', () => {
  const { candidates } = candidatesWith({ 3: 'sibling', 2: 'near', 5: 'near' });
  candidates.add([peer(1, { priority: 0, origin: 'operator' }), peer(2), peer(3, { priority: 9 }), peer(5)], now);
  expect(called(candidates)).toEqual([3]);
  expect(called(candidates, now + limits.escalation)).toEqual([2, 5]);
  expect(called(candidates, now + 2 * limits.escalation)).toEqual([1]);
});

it.each<[Refusal, Candidate['origin']]>([
  ['forbidden', 'tracker'],
  ['forbidden', 'operator'],
  ['forbidden', 'exchange'],
  ['forbidden', 'subscriber'],
  ['unusable', 'tracker'],
  ['own', 'tracker'],
  ['subscriber', 'exchange'],
])('never calls who is %s, named by: %s', (refusal, origin = 'tracker') => {
  const { candidates, refused } = candidatesWith({ 1: refusal });
  candidates.add([peer(1, { origin }), peer(2)], now);
  for (let wait = 0; wait < 4; wait++) expect(called(candidates, now + wait * limits.escalation)).not.toContain(1);
  expect(candidates.next(now, { isUrgent: true })).toBeUndefined();
  expect(refused).toEqual([refusal]);
});

it('calls the fast ones first, then those it does not know, by their priority, and slow ones when nothing comes', () => {
  const throughput = new Throughput();
  throughput.note(peer(1).address, { bytes: 2 ** 12, awaited: second }, now);
  for (const host of [2, 3]) throughput.note(peer(host).address, { bytes: 2 ** (20 + host), awaited: second }, now);
  const { candidates } = candidatesWith({}, throughput);
  candidates.add([peer(1), peer(4), peer(2, { priority: 7 }), peer(3, { priority: 7 }), peer(5, { priority: 2 })], now);
  expect(called(candidates)).toEqual([3, 2, 4]);
  expect(called(candidates, now + limits.escalation)).toEqual([5]);
  expect(called(candidates, now + 2 * limits.escalation)).toEqual([1]);
});

it('calls a fast one that failed here after those that did not', () => {
  const throughput = new Throughput();
  throughput.note(peer(1).address, { bytes: 2 ** 30, awaited: second }, now);
  throughput.note(peer(9).address, { bytes: 2 ** 20, awaited: second }, now);
  const { candidates } = candidatesWith({}, throughput);
  candidates.add([peer(1), peer(2)], now);
  expect(candidates.next(now)?.address).toEqual(peer(1).address);
  candidates.release(peer(1).address, 'failed', now);
  expect(called(candidates, now + limits.candidateRetry)).toEqual([2, 1]);
});

it('asks the table anew when a peer is free again', () => {
  const throughput = new Throughput();
  const { candidates } = candidatesWith({}, throughput);
  candidates.add([peer(1), peer(2)], now);
  expect(called(candidates)).toEqual([1, 2]);
  throughput.note(peer(1).address, { bytes: 2 ** 18, awaited: second }, now);
  throughput.note(peer(2).address, { bytes: 2 ** 20, awaited: second }, now);
  for (const host of [1, 2]) candidates.release(peer(host).address, 'fine', now);
  expect(called(candidates)).toEqual([2, 1]);
});

it('knows no preference where none is given', () => {
  expect(noPreference.standing(peer(1))).toBe('far');
});
