import * as fc from 'fast-check';
import type { Candidate } from '../endpoint/effects';
import { limits, second } from '../limits';
import { Candidates } from './candidates';

function peer(host: number, priority = 1): Candidate {
  return { address: { ip: `10.0.${host >> 8}.${host & 255}`, port: 7 }, priority };
}

let now: number;
let candidates: Candidates;

beforeEach(() => {
  now = 100 * second;
  candidates = new Candidates();
  candidates.progressed(now);
});

function next(): string | undefined {
  return candidates.next(now)?.address.ip;
}

/** When a peer that failed may be called again, seconds from now. */
function waitFor(host: number): number {
  const begin = now;
  while (next() === undefined) now = candidates.deadline(now) ?? Number.NaN;
  candidates.release(peer(host).address, 'fine', now);
  return (now - begin) / second;
}

describe('Candidates', () => {
  it('gives each peer once, and again when it is free', () => {
    candidates.add([peer(1), peer(2)], now);
    expect([next(), next(), next()]).toEqual(['10.0.0.1', '10.0.0.2', undefined]);
    candidates.release(peer(1).address, 'fine', now);
    expect(next()).toBe('10.0.0.1');
  });

  it('gives a peer that does not send what it says it has after all others, though it is named again', () => {
    candidates.add([peer(1), peer(2)], now);
    next();
    candidates.add([peer(1)], now);
    candidates.release(peer(1).address, 'faithless', now);
    candidates.add([peer(1), peer(3)], now);
    next();
    for (let failure = 0; failure < 3; failure++) {
      candidates.release(peer(2).address, 'failed', now);
      now += limits.candidateRetryMax;
      expect(next()).toBe(failure === 0 ? '10.0.0.3' : '10.0.0.2');
      if (failure === 0) expect(next()).toBe('10.0.0.2');
    }
    expect(next()).toBe('10.0.0.1');
  });

  it('tries the next priority only when nothing comes for a while', () => {
    candidates.add([peer(1, 5), peer(2, 1), peer(3, 9)], now);
    expect([next(), next()]).toEqual(['10.0.0.2', undefined]);
    now += limits.escalation - 1;
    candidates.progressed(now);
    now += limits.escalation - 1;
    expect(next()).toBeUndefined();
    expect(candidates.deadline(now)).toBe(now + 1);
    now += 1;
    expect([next(), next()]).toEqual(['10.0.0.1', undefined]);
    now += limits.escalation;
    expect(next()).toBe('10.0.0.3');
  });

  it('lets a peer that failed wait, longer each time, and never for minutes', () => {
    candidates.add([peer(1)], now);
    const waits: number[] = [];
    for (let time = 0; time < 8; time++) {
      while (next() === undefined) now = candidates.deadline(now) ?? Number.NaN;
      candidates.release(peer(1).address, 'failed', now);
      const begin = now;
      while (candidates.next(now) === undefined) now = candidates.deadline(now) ?? Number.NaN;
      waits.push((now - begin) / second);
      candidates.release(peer(1).address, 'failed', now - 1e12);
    }
    expect(waits.every((wait, at) => at === 0 || wait >= (waits[at - 1] ?? 0))).toBe(true);
    expect(Math.max(...waits)).toBe(30);
    expect(waits[0]).toBe(1);
  });

  it('does not count earlier failures of a peer that was of use since', () => {
    candidates.add([peer(1)], now);
    for (let time = 0; time < 6; time++) candidates.release(peer(1).address, 'failed', now);
    candidates.release(peer(1).address, 'failed-later', now);
    expect(waitFor(1)).toBe(1);
  });

  it('lets a peer wait that is in another swarm', () => {
    candidates.add([peer(1)], now);
    candidates.release(peer(1).address, 'refused', now);
    expect(waitFor(1)).toBeGreaterThan(10);
  });

  it('tries a peer at once that is named again, and soon if it is in use', () => {
    candidates.add([peer(1)], now);
    for (let time = 0; time < 6; time++) candidates.release(peer(1).address, 'failed', now);
    now += 2 * second;
    candidates.add([peer(1)], now);
    expect(next()).toBe('10.0.0.1');
    candidates.add([peer(1)], now);
    candidates.release(peer(1).address, 'failed', now);
    expect(waitFor(1)).toBe(1);
  });

  it('forgets a peer that lied', () => {
    candidates.add([peer(1)], now);
    candidates.remove(peer(1).address);
    expect(next()).toBeUndefined();
  });

  it('are lacking when none is left to try, and when those in use send nothing', () => {
    expect(candidates.lacking(now)).toBe(true);
    candidates.add([peer(1), peer(2)], now);
    next();
    expect(candidates.lacking(now)).toBe(false);
    next();
    expect(candidates.lacking(now)).toBe(false);
    now += limits.peersWanted;
    expect(candidates.lacking(now)).toBe(true);
    candidates.progressed(now);
    expect(candidates.lacking(now)).toBe(false);
    for (const host of [1, 2]) candidates.release(peer(host).address, 'failed', now);
    expect(candidates.lacking(now)).toBe(true);
  });

  it('are impatient only if there is another to try', () => {
    candidates.add([peer(1), peer(2)], now);
    next();
    now += limits.rotation;
    expect(candidates.impatient(now)).toBe(true);
    next();
    expect(candidates.impatient(now)).toBe(false);
  });

  it('are bounded: only what failed gives way', () => {
    for (let host = 0; host < limits.candidatesMax; host++) candidates.add([peer(host)], now);
    candidates.add([peer(1_000)], now);
    for (let count = 0; count < limits.candidatesMax; count++) expect(next()).not.toBe('10.0.3.232');
    candidates.release(peer(7).address, 'failed', now);
    candidates.add([peer(1_000)], now);
    expect(next()).toBe('10.0.3.232');
  });

  it('never have a deadline that has passed, nor sleep while a peer could be called', () => {
    const step = fc.record({
      kind: fc.constantFrom('add', 'next', 'release', 'wait', 'progress'),
      host: fc.nat(5),
      outcome: fc.constantFrom('fine', 'failed', 'failed-later', 'refused'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let time = second;
        const some = new Candidates();
        some.progressed(time);
        for (const { kind, host, outcome } of steps) {
          if (kind === 'add') some.add([peer(host, host % 3)], time);
          if (kind === 'next') some.next(time);
          if (kind === 'release') some.release(peer(host).address, outcome, time);
          if (kind === 'progress') some.progressed(time);
          const deadline = some.deadline(time);
          expect(deadline ?? Number.POSITIVE_INFINITY).toBeGreaterThan(time);
          if (kind === 'wait') time = deadline ?? time;
        }
        some.add([peer(0, 0)], time);
        some.release(peer(0).address, 'fine', time);
        for (let turn = 0; turn < 20; turn++) time = some.deadline(time) ?? time;
        const called = [
          some.next(time),
          some.next(time),
          some.next(time),
          some.next(time),
          some.next(time),
          some.next(time),
        ];
        expect(called.filter((one) => one !== undefined).length).toBeGreaterThan(0);
      }),
    );
  });
});
