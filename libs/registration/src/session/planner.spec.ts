import type { PeerMode } from '@weir/ppstp';

import { Planner, type Sender } from './planner';
import type { Step } from './steps';
import type { Verdict } from './verdict';

const accepted: Verdict = { kind: 'accepted', without: new Set() };
const refused: Verdict = { kind: 'refused', reason: 'no', forbidden: true, operator: false };
const failed: Verdict = { kind: 'failed', reason: 'gone', shorter: true, operator: false };

/** A planner whose steps are answered by a test. */
class Bench {
  readonly wanted = new Map<string, PeerMode>();
  now = 1_000_000;
  private drawn = 0;
  readonly planner = new Planner({
    peerId: 'me',
    freshId: () => `id${String(++this.drawn)}`,
    reportMillis: 60_000,
    random: () => 1,
  });

  want(mode: PeerMode, ...swarmIds: readonly string[]): void {
    for (const swarmId of swarmIds) this.wanted.set(swarmId, mode);
    this.planner.replan();
  }

  drop(...swarmIds: readonly string[]): void {
    for (const swarmId of swarmIds) this.wanted.delete(swarmId);
    this.planner.replan();
  }

  /** Sends everything, and tells what, as `register SEEDER me: aa bb`. */
  run(answer: (step: Step, as: Sender) => Verdict = () => accepted): string[] {
    const said: string[] = [];
    for (let step = this.next(); step !== undefined && said.length < 1_000; step = this.next()) {
      const as =
        step.kind === 'register' ? this.planner.identities.takeId() : { peerId: step.identity.peerId, used: true };
      said.push(line(step, as));
      const verdict = answer(step, as);
      this.planner.take(step, as, verdict, this.now);
      if (verdict.kind === 'failed') break;
    }
    return said;
  }

  private next(): Step | undefined {
    return this.planner.next(this.wanted, this.now);
  }
}

function line(step: Step, { peerId }: Sender): string {
  if (step.kind === 'report') return `report ${peerId}`;
  const kind = step.kind === 'register' ? `register ${step.mode}` : step.kind;
  return `${kind} ${peerId}: ${step.swarmIds.join(' ')}`;
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, at) => at.toString(16).padStart(4, '0'));
}

describe('identities', () => {
  it('are one for all LEECH swarms, and one for each batch of SEEDER swarms, in the CONNECT from START', () => {
    const bench = new Bench();
    bench.want('SEEDER', ...many(250));
    bench.want('LEECH', 'aa', 'bb');
    const said = bench.run();
    expect(said.map((text) => text.split(':')[0])).toEqual([
      'register LEECH me',
      'register SEEDER id1',
      'register SEEDER id2',
      'register SEEDER id3',
    ]);
    bench.want('LEECH', 'cc');
    bench.want('SEEDER', 'dd');
    expect(bench.run()).toEqual(['join me: cc', 'register SEEDER id4: dd']);
  });

  it('keep LEECH what has become complete, until the tracker has forgotten them', () => {
    const bench = new Bench();
    bench.want('LEECH', 'aa', 'bb');
    bench.run();
    bench.want('SEEDER', 'aa');
    expect(bench.run()).toEqual([]);
    bench.now += 60_000;
    bench.planner.replan();
    expect(bench.run((step) => (step.kind === 'report' ? refused : accepted))).toEqual([
      'report me',
      'register LEECH me: bb',
      'register SEEDER id1: aa',
    ]);
  });

  it('leave as SEEDER what is no longer whole, after joining it as LEECH', () => {
    const bench = new Bench();
    bench.want('SEEDER', 'aa', 'bb');
    bench.run();
    bench.want('LEECH', 'aa');
    expect(bench.run()).toEqual(['register LEECH id1: aa', 'leave me: aa', 'report me']);
  });

  it('are registered anew if a LEAVE ended them (table 6)', () => {
    const bench = new Bench();
    bench.want('SEEDER', 'aa', 'bb');
    bench.run();
    bench.drop('aa');
    const said = bench.run((step) => (step.kind === 'report' ? refused : accepted));
    expect(said).toEqual(['leave me: aa', 'report me', 'register SEEDER me: bb']);
  });

  it('take another peer ID if the tracker will not have one that it may still know', () => {
    const bench = new Bench();
    bench.want('SEEDER', 'aa', 'bb');
    expect(bench.run((_, { peerId }) => (peerId === 'me' ? refused : accepted))).toEqual([
      'register SEEDER me: aa bb',
      'register SEEDER id1: aa bb',
    ]);
  });

  it('keep their peer ID if nothing became known of their registration', () => {
    const bench = new Bench();
    bench.want('SEEDER', 'aa');
    expect([...bench.run(() => failed), ...bench.run()]).toEqual(['register SEEDER me: aa', 'register SEEDER me: aa']);
  });

  it('that are found to be forgotten while they join are registered anew, with all their swarms', () => {
    const bench = new Bench();
    bench.want('LEECH', 'aa');
    bench.run();
    bench.want('LEECH', 'bb');
    const said = bench.run((step) => {
      // A look-up met with 03 meanwhile.
      if (step.kind === 'join') bench.planner.forgotten(step.identity, bench.now);
      return accepted;
    });
    expect(said).toEqual(['join me: bb', 'register LEECH me: aa bb']);
    expect(bench.planner.identities.swarms).toBe(2);
  });
});
