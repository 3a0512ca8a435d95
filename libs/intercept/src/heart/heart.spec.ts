import { epochTimeoutMillis, lifeLostMillis } from '@weir/datagram';
import fc from 'fast-check';
import { Heart, type HeartAction, type ScriptOutcome } from './heart';

const ms = 1_000;
const timeout = epochTimeoutMillis * ms;

const scripts = {
  begin: (epoch: number) => `begin ${String(epoch)}`,
  beat: (epoch: number) => `beat ${String(epoch)}`,
  end: (epoch: number) => `end ${String(epoch)}`,
};

/** What the kernel does with scripts: one epoch at a time, which ends by itself. */
class Kernel {
  readonly begun: number[] = [];
  private epoch: number | undefined;
  private endsAt = 0;

  living(now: number): number | undefined {
    return now < this.endsAt ? this.epoch : undefined;
  }

  run(script: string, now: number): ScriptOutcome {
    const [verb, digits] = script.split(' ');
    const epoch = Number(digits);
    const there = this.living(now);
    if (verb === 'beat' && there !== epoch) return 'gone';
    if (verb === 'begin' && there !== undefined) return 'failed';
    if (verb === 'end' && there !== undefined && there !== epoch) return 'failed';
    if (verb === 'begin') this.begun.push(epoch);
    this.epoch = epoch;
    this.endsAt = verb === 'end' ? 0 : now + timeout;
    return 'ok';
  }
}

/** A heart, its kernel and its threads, and what went between them. */
class Body {
  readonly heart = new Heart(scripts);
  readonly kernel = new Kernel();
  readonly log: string[] = [];
  now = 5_000_000_000;
  /** Age of the oldest sign of life. */
  stalest = 0;
  private script: string | undefined;

  act(actions: readonly HeartAction[]): void {
    for (const action of actions) {
      if (action.kind === 'revoke') this.log.push('revoke');
      else {
        expect(this.script).toBeUndefined();
        this.script = action.script;
        this.log.push(action.script);
      }
    }
  }

  tick(): void {
    this.act(this.heart.tick(this.now, this.stalest));
  }

  /** Lets the script that runs end; `forced`: without an effect. */
  finish(forced?: ScriptOutcome): void {
    const { script } = this;
    if (script === undefined) return;
    this.script = undefined;
    this.act(this.heart.done(forced ?? this.kernel.run(script, this.now), this.now));
  }

  /** Time passes in which ticks come as they should. */
  live(millis: number): void {
    for (let passed = 0; passed < millis; passed += 100) {
      this.now += 100 * ms;
      this.tick();
      this.finish();
    }
  }

  /** Time passes in which nothing of ours runs. */
  freeze(millis: number): void {
    this.now += millis * ms;
    this.stalest += millis * ms;
  }

  get verbs(): string[] {
    return this.log.map((line) => line.split(' ')[0] ?? '');
  }
}

function begun(): Body {
  const body = new Body();
  body.tick();
  body.finish();
  expect(body.heart.state.epoch).toBe(body.kernel.living(body.now));
  return body;
}

describe('a heart', () => {
  it('keeps one epoch alive as long as all threads are', () => {
    const body = begun();
    body.live(60_000);
    expect(body.kernel.begun).toHaveLength(1);
    expect(body.verbs.filter((verb) => verb === 'beat').length).toBeGreaterThan(60_000 / 500);
    expect(body.heart.state).toMatchObject({ epoch: body.kernel.begun[0], beatsFailed: 0 });
  });

  it('ends the epoch at once when a thread stalls, and begins another when it lives again', () => {
    const body = begun();
    body.live(1_000);
    body.stalest = lifeLostMillis * ms + 1;
    body.tick();
    body.finish();
    expect(body.kernel.living(body.now)).toBeUndefined();
    expect(body.verbs.slice(-2)).toEqual(['revoke', 'end']);
    body.live(5_000);
    expect(body.kernel.begun).toHaveLength(1);
    body.stalest = 0;
    body.live(300);
    expect(new Set(body.kernel.begun).size).toBe(2);
    expect(body.heart.state.lapses).toEqual({ stalled: 1, late: 0, 'flows-lost': 0, failed: 0 });
  });

  it('does not wait for a beat that hangs to have the threads discard', () => {
    const body = begun();
    body.now += 400 * ms;
    body.tick();
    body.stalest = lifeLostMillis * ms + 1;
    body.tick();
    expect(body.verbs.slice(-2)).toEqual(['beat', 'revoke']);
    body.finish();
    body.finish();
    expect(body.verbs.slice(-1)).toEqual(['end']);
    expect(body.kernel.living(body.now)).toBeUndefined();
  });

  it.each([1_999, 2_001, 60_000])('that stood still for %d ms knows whether its epoch is over', (millis) => {
    const body = begun();
    body.freeze(millis);
    body.stalest = 0;
    body.tick();
    body.finish();
    body.finish();
    const isOver = millis > epochTimeoutMillis;
    expect(body.verbs.includes('revoke')).toBe(isOver);
    body.live(1_000);
    expect(body.kernel.begun).toHaveLength(isOver ? 2 : 1);
  });

  it('learns from a beat that somebody ended its epoch', () => {
    const body = begun();
    body.kernel.run(`end ${String(body.kernel.begun[0])}`, body.now);
    body.live(1_000);
    expect(body.verbs.slice(0, 4)).toEqual(['begin', 'beat', 'revoke', 'end']);
    expect(new Set(body.kernel.begun).size).toBe(2);
  });

  it('tries a beat again that failed for another reason, while there is time', () => {
    const body = begun();
    body.now += 400 * ms;
    body.tick();
    body.finish('failed');
    body.live(200);
    expect(body.heart.state).toMatchObject({ epoch: body.kernel.begun[0], beatsFailed: 1 });
    expect(body.verbs).not.toContain('revoke');
  });

  it('tries less and less often where nothing can be begun', () => {
    const body = new Body();
    for (let passed = 0; passed < 120_000; passed += 100) {
      body.now += 100 * ms;
      body.tick();
      body.finish('gone');
      body.finish('gone');
    }
    const begins = body.verbs.filter((verb) => verb === 'begin').length;
    expect(begins).toBeGreaterThan(10);
    expect(begins).toBeLessThan(25);
  });

  it('ends with its epoch, whatever runs at the time', () => {
    for (const prepare of [
      (body: Body) => body.live(1_000),
      (body: Body) => {
        body.now += 400 * ms;
        body.tick();
      },
      (body: Body) => body.act(body.heart.flowsLost(body.now)),
    ]) {
      const body = begun();
      prepare(body);
      body.act(body.heart.stop(body.now));
      for (let scripts_ = 0; scripts_ < 3; scripts_++) body.finish();
      expect(body.heart.stopped).toBe(true);
      expect(body.kernel.living(body.now)).toBeUndefined();
    }
  });

  it('that has not begun has nothing to end', () => {
    const body = new Body();
    body.act(body.heart.stop(body.now));
    expect([body.heart.stopped, body.log]).toEqual([true, []]);
  });
});

type Step =
  | { readonly does: 'live' | 'freeze'; readonly millis: number }
  | { readonly does: 'stall'; readonly millis: number }
  | { readonly does: 'tick' | 'recover' | 'flows-lost' }
  | { readonly does: 'finish'; readonly outcome: ScriptOutcome | undefined };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('live' as const, 'freeze' as const), millis: fc.integer({ min: 0, max: 4_000 }) }),
  fc.record({ does: fc.constant('stall' as const), millis: fc.integer({ min: 0, max: 3_000 }) }),
  fc.record({ does: fc.constantFrom('tick' as const, 'recover' as const, 'flows-lost' as const) }),
  fc.record({
    does: fc.constant('finish' as const),
    outcome: fc.constantFrom(undefined, undefined, 'gone' as const, 'failed' as const),
  }),
);

function take(body: Body, step: Step): void {
  switch (step.does) {
    case 'live':
      return body.live(step.millis);
    case 'freeze':
      return body.freeze(step.millis);
    case 'stall':
      body.stalest = step.millis * ms;
      return;
    case 'recover':
      body.stalest = 0;
      return;
    case 'tick':
      return body.tick();
    case 'flows-lost':
      return body.act(body.heart.flowsLost(body.now));
    case 'finish':
      return body.finish(step.outcome);
  }
}

describe('whatever happens, a heart', () => {
  const histories = fc.array(anyStep, { maxLength: 60 });

  function live(steps: readonly Step[], check: (body: Body, before: number) => void): Body {
    const body = new Body();
    for (const step of steps) {
      const before = body.log.length;
      take(body, step);
      check(body, before);
    }
    return body;
  }

  it('takes no epoch twice', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const { log } = live(steps, () => undefined);
        const begins = log.filter((line) => line.startsWith('begin'));
        expect(new Set(begins).size).toBe(begins.length);
      }),
    );
  });

  it('neither begins nor beats while a thread is stale', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        live(steps, (body, before) => {
          if (body.stalest <= lifeLostMillis * ms) return;
          expect(body.verbs.slice(before).filter((verb) => verb !== 'revoke' && verb !== 'end')).toEqual([]);
        });
      }),
    );
  });

  it('has the threads discard, and ends what was, before it begins anew', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const { verbs } = live(steps, () => undefined);
        const [, ...between] = verbs.join(' ').split('begin');
        for (const lived of between.slice(0, -1)) expect(lived).toMatch(/revoke.* end/);
      }),
    );
  });

  it('leaves nothing behind when it is stopped', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const body = live(steps, () => undefined);
        body.act(body.heart.stop(body.now));
        for (let count = 0; count < 3; count++) body.finish();
        expect(body.heart.stopped).toBe(true);
        expect(body.kernel.living(body.now)).toBeUndefined();
      }),
    );
  });
});
