import { errorCodes } from '@weir/ppstp';

import { settled } from './registration.testing';
import { lenient, literal, StrictTracker } from './session/strict-tracker.testing';
import { Lab, many } from './strict-lab.testing';

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
    expect(lab.tracker.news().length).toBeLessThan(80);
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

describe('a tracker whose certificate cannot be believed', () => {
  it('is shown to the operator, and tried again slowly, since only an operator can mend that', async () => {
    const lab = new Lab(new StrictTracker());
    lab.tracker.fault = { ok: false, fault: 'certificate', reason: 'it has expired' };
    lab.join('LEECH', 'aa');
    await lab.started();
    expect(lab.status).toMatchObject({ state: 'failed', lastError: 'it has expired' });
    lab.tracker.fault = undefined;
    await lab.clock.pass(59_000);
    expect(lab.missing).toEqual(['aa']);
    await lab.clock.pass(1_000);
    expect(lab.missing).toEqual([]);
  });
});
