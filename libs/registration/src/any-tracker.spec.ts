import { errorCodes, type PeerMode } from '@weir/ppstp';
import fc from 'fast-check';

import { Registration } from './registration';
import { settled, TestClock } from './registration.testing';
import { type Rules, StrictTracker } from './session/strict-tracker.testing';
import { dice, Lab, many } from './strict-lab.testing';
import { LocalTracker } from './tracker-session.testing';

describe('a tracker of ours', () => {
  const swarm = fc.constantFrom(...many(8));
  const event = fc.oneof(
    fc.record({ mode: fc.constantFrom<PeerMode>('SEEDER', 'LEECH'), swarm }),
    fc.record({ left: swarm }),
    fc.record({ millis: fc.nat(200_000) }),
  );

  it('refuses nothing that we send, and has us in what we want, no more and no less', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), fc.nat(), async (events, seed) => {
        const clock = new TestClock();
        const tracker = new LocalTracker(clock);
        const registration = new Registration(
          { trackers: ['http://tracker.example/'], addresses: [{ ip: '127.0.0.1', port: 7000 }], allowLoopback: true },
          { clock, random: dice(seed), client: () => tracker.client('me') },
        );
        registration.start();
        const wanted = new Set<string>();
        for (const one of events) {
          if ('mode' in one) registration.join(one.swarm, one.mode);
          if ('mode' in one) wanted.add(one.swarm);
          else if ('left' in one) wanted.delete(one.left);
          if ('left' in one) registration.leave(one.left);
          if ('millis' in one) await clock.pass(one.millis);
          await settled();
          expect(tracker.tracker.counts.swarms).toBe(wanted.size);
        }
        expect(tracker.refused).toBe(0);
        await registration.stop();
        expect(tracker.tracker.counts).toMatchObject({ peers: 0, memberships: 0 });
      }),
      { numRuns: 40 },
    );
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
    else void lab.registration.peersFor(one.swarm);
    await settled();
  }

  /** Nothing is lost: what the tracker is not believed to have us in waits for its time. */
  function accounted(lab: Lab): boolean {
    const { swarms = 0, refused = 0, state } = lab.status ?? {};
    const isScheduled = lab.clock.pending > 0;
    return lab.wanted.size === 0 || (isScheduled && (state === 'failed' || swarms + refused >= lab.wanted.size));
  }
});
