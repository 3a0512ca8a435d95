import { errorCodes, type PeerMode } from '@weir/ppstp';
import fc from 'fast-check';

import { PpstpClient } from './client/ppstp-client';
import { Registration } from './registration';
import { settled, TestClock } from './registration.testing';
import { lenient, literal, type Rules, StrictTracker } from './session/strict-tracker.testing';

const url = 'http://tracker.example/';

/** A registration at one foreign tracker, in a world where nothing happens by itself. */
class Lab {
  readonly clock = new TestClock();
  readonly registration: Registration;
  readonly wanted = new Map<string, PeerMode>();

  constructor(
    readonly tracker: StrictTracker,
    random: () => number = () => 1,
  ) {
    const options = { url: '', peerId: 'me', requestMillis: 5_000, retriesMax: 0 };
    this.registration = new Registration(
      { trackers: [url], addresses: [{ ip: '192.0.2.1', port: 7000 }], peerId: 'me' },
      {
        clock: this.clock,
        random,
        counters: () => [...this.wanted.keys()].map((swarmId) => ({ swarmId, ...stats })),
        client: () => new PpstpClient(options, { clock: this.clock, exchange: tracker, random }),
      },
    );
  }

  join(mode: PeerMode, ...swarmIds: readonly string[]): void {
    for (const swarmId of swarmIds) {
      this.wanted.set(swarmId, mode);
      this.registration.join(swarmId, mode);
    }
  }

  leave(swarmId: string): void {
    this.wanted.delete(swarmId);
    this.registration.leave(swarmId);
  }

  async started(): Promise<this> {
    this.registration.start();
    await settled();
    return this;
  }

  /** Wanted swarms that the tracker has us in nowhere. */
  get missing(): string[] {
    return [...this.wanted.keys()].filter((swarmId) => this.tracker.members(swarmId).length === 0);
  }

  get status() {
    const [status] = this.registration.trackers;
    return status;
  }
}

const stats = { uploadedBytes: 1, downloadedBytes: 2, availableBandwidth: 3, concurrentLinks: 4 };

function many(count: number): string[] {
  return Array.from({ length: count }, (_, at) => at.toString(16).padStart(40, '0'));
}

describe('a tracker that reads table 6 to the letter', () => {
  it('gets one identity for each LEECH swarm, and SEEDER batches', async () => {
    const lab = new Lab(new StrictTracker(literal));
    lab.join('LEECH', 'aa', 'bb', 'cc');
    lab.join('SEEDER', ...many(150));
    await lab.started();
    expect(lab.missing).toEqual([]);
    expect(lab.status).toMatchObject({ state: 'connected', swarms: 153, identities: 5, refused: 0 });
  });

  it('keeps us in what we are in when we join and leave others', async () => {
    const lab = new Lab(new StrictTracker(literal));
    lab.join('LEECH', 'aa');
    lab.join('SEEDER', 'bb', 'cc');
    await lab.started();
    lab.join('LEECH', 'dd');
    await settled();
    lab.join('LEECH', 'ee');
    await settled();
    lab.leave('bb');
    await settled();
    expect(lab.missing).toEqual([]);
    expect(lab.tracker.members('bb')).toEqual([]);
    lab.tracker.news();
    lab.join('LEECH', 'ff');
    await settled();
    // It has been learned: nothing is refused any more.
    expect(lab.tracker.news()).toEqual([expect.stringMatching(/^CONNECT \w+ JOIN:LEECH ff$/)]);
  });

  it('is not confused with one that has restarted', async () => {
    const lab = new Lab(new StrictTracker(lenient));
    lab.join('LEECH', 'aa');
    await lab.started();
    lab.tracker.peers.clear();
    lab.join('LEECH', 'bb');
    await settled();
    lab.join('LEECH', 'cc');
    await settled();
    expect(lab.status).toMatchObject({ swarms: 3, identities: 1 });
    // It took the JOIN for a first CONNECT: the next report, of all swarms, shows what it has not.
    expect(lab.missing).toEqual(['aa']);
    await lab.clock.pass(60_000);
    expect(lab.missing).toEqual([]);
    expect(lab.status).toMatchObject({ swarms: 3, identities: 1 });
  });

  it('and refuses a JOIN while TRACKING without ending anything is asked for none again', async () => {
    const lab = new Lab(new StrictTracker({ ...lenient, join: 'refused' }));
    lab.join('LEECH', 'aa', 'bb');
    await lab.started();
    lab.join('LEECH', 'cc');
    await settled();
    expect(lab.missing).toEqual([]);
    lab.tracker.news();
    lab.join('LEECH', 'dd');
    await settled();
    expect(lab.tracker.news()).toEqual([expect.stringMatching(/^CONNECT \w{40} JOIN:LEECH dd$/)]);
    expect(lab.status).toMatchObject({ swarms: 4, identities: 3 });
  });
});

describe('a tracker with a bound on bodies', () => {
  it.each(['status', 'cut', 'code'] as const)(
    '(%s) gets smaller registrations, and smaller reports',
    async (tooLong) => {
      const lab = new Lab(new StrictTracker({ ...lenient, bodyCharsMax: 3_000, tooLong }));
      lab.join('SEEDER', ...many(120));
      await lab.started();
      await lab.clock.pass(60_000);
      expect(lab.missing).toEqual([]);
      await lab.clock.pass(300_000);
      expect(lab.missing).toEqual([]);
      expect(lab.status).toMatchObject({ state: 'connected', swarms: 120 });
      expect(lab.status?.identities).toBeLessThan(8);
      lab.tracker.news();
      await lab.clock.pass(120_000);
      // Nobody is forgotten for a report that was too long.
      const heard = lab.tracker.news();
      expect(heard.filter((line) => line.startsWith('CONNECT'))).toEqual([]);
      expect(heard.filter((line) => / x[1-9]/.test(line)).length).toBeGreaterThan(10);
      expect(lab.missing).toEqual([]);
    },
  );
});

describe('a tracker that refuses', () => {
  it('some swarms has us in the others, and is asked again for those, ever less often', async () => {
    const lab = new Lab(new StrictTracker({ ...lenient, closed: ['bb'] }));
    lab.join('SEEDER', 'aa', 'bb', 'cc');
    lab.join('LEECH', 'dd');
    await lab.started();
    expect(lab.missing).toEqual(['bb']);
    expect(lab.status).toMatchObject({ state: 'connected', refused: 1, refusedSwarms: [{ swarmId: 'bb' }] });
    lab.tracker.news();
    await lab.clock.pass(3_600_000);
    const tries = lab.tracker.news().filter((line) => line.endsWith(' bb')).length;
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(20);
    lab.tracker.rules = lenient;
    await lab.clock.pass(3_600_000);
    expect(lab.missing).toEqual([]);
    expect(lab.status).toMatchObject({ refused: 0, refusedSwarms: [] });
  });

  it('a whole batch for one swarm loses us no other', async () => {
    const lab = new Lab(new StrictTracker({ ...lenient, closed: [many(50)[33] ?? ''], whole: true }));
    lab.join('SEEDER', ...many(50));
    lab.join('LEECH', 'aa', 'bb');
    await lab.started();
    expect(lab.missing).toHaveLength(1);
    expect(lab.status).toMatchObject({ state: 'connected', swarms: 51, refused: 1 });
  });

  it('everything is left alone for a while, and tried again', async () => {
    const lab = new Lab(new StrictTracker());
    lab.tracker.always = errorCodes.forbiddenAction;
    lab.join('SEEDER', ...many(300));
    lab.join('LEECH', 'aa');
    await lab.started();
    expect(lab.tracker.news().length).toBeLessThan(40);
    expect(lab.status).toMatchObject({ state: 'failed', lastError: 'refuses us: error 03' });
    await lab.clock.pass(600_000);
    lab.tracker.always = undefined;
    await lab.clock.pass(3_600_000);
    expect(lab.missing).toEqual([]);
    expect(lab.status).toMatchObject({ state: 'connected', swarms: 301, refused: 0 });
    // It refused everything: that said nothing of how many swarms it takes at a time.
    expect(lab.status?.identities).toBeLessThan(20);
  });

  it('whoever has no credentials shows it to the operator, and is asked again slowly', async () => {
    const lab = new Lab(new StrictTracker());
    lab.tracker.always = errorCodes.authenticationRequired;
    lab.join('LEECH', 'aa');
    await lab.started();
    expect(lab.status?.lastError).toContain('check the username and password');
    lab.tracker.news();
    await lab.clock.pass(59_000);
    expect(lab.tracker.news()).toEqual([]);
    await lab.clock.pass(2_000);
    expect(lab.tracker.news()).toHaveLength(1);
  });
});

describe('whatever a tracker answers', () => {
  const swarm = fc.constantFrom(...many(12));
  const code = fc.constantFrom(undefined, ...Object.values(errorCodes).filter((one) => one !== 0));
  const event = fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constant('join'), swarm, mode: fc.constantFrom('SEEDER', 'LEECH') }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('leave'), swarm }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('pass'), millis: fc.nat(200_000) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('restart') }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('down'), down: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('always'), code }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('find'), swarm }) },
  );
  const rules: fc.Arbitrary<Rules> = fc.record({
    startMax: fc.record({ SEEDER: fc.constantFrom(1, 3, 100), LEECH: fc.constantFrom(1, 2, 100) }),
    join: fc.constantFrom('allowed', 'refused', 'fatal'),
    leave: fc.constantFrom('allowed', 'ends'),
    bodyCharsMax: fc.constantFrom(700, 1_400, 131_072),
    tooLong: fc.constantFrom('status', 'cut', 'code'),
    closed: fc.subarray(many(12), { maxLength: 3 }),
    refusal: fc.constantFrom(errorCodes.badRequest, errorCodes.forbiddenAction, errorCodes.authenticationRequired),
    whole: fc.boolean(),
  });

  it('each wanted swarm is registered, or refused with a time of its next try, or tried again with the tracker', async () => {
    await fc.assert(
      fc.asyncProperty(rules, fc.array(event, { maxLength: 25 }), fc.nat(), async (how, events, seed) => {
        const lab = await new Lab(new StrictTracker(how), dice(seed)).started();
        for (const one of events) {
          await happen(lab, one);
          expect(accounted(lab)).toBe(true);
        }
        // What is allowed comes true by itself, however it went before.
        lab.tracker.down = false;
        lab.tracker.always = undefined;
        await lab.clock.pass(7_300_000);
        expect(lab.missing.filter((swarmId) => !how.closed.includes(swarmId))).toEqual([]);
        const isNowhere = lab.missing.length === lab.wanted.size;
        if (lab.wanted.size > 0) expect(lab.status?.state).toBe(isNowhere ? 'failed' : 'connected');
        // What is not wanted, nobody is in as far as we were told.
        expect(lab.status?.swarms).toBe(lab.wanted.size - lab.missing.length);
        await lab.registration.stop();
        expect(lab.clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

  async function happen(lab: Lab, one: Event): Promise<void> {
    if ('mode' in one) lab.join(one.mode === 'SEEDER' ? 'SEEDER' : 'LEECH', one.swarm);
    else if ('millis' in one) await lab.clock.pass(one.millis);
    else if ('down' in one) lab.tracker.down = one.down;
    else if ('code' in one) lab.tracker.always = one.code;
    else if (!('swarm' in one)) lab.tracker.peers.clear();
    else if (one.type === 'leave') lab.leave(one.swarm);
    else await lab.registration.peersFor(one.swarm);
    await settled();
  }

  /** Nothing is lost: what the tracker is not believed to have us in waits for its time. */
  function accounted(lab: Lab): boolean {
    const { swarms = 0, refused = 0, state } = lab.status ?? {};
    const isScheduled = lab.clock.pending > 0;
    return lab.wanted.size === 0 || (isScheduled && (state === 'failed' || swarms + refused >= lab.wanted.size));
  }

  function dice(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }
});
