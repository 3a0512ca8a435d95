import * as fc from 'fast-check';
import { limits, second } from '../limits';
import { SwarmQuota } from './swarm-quota';

it('never admits more within any minute, whenever they come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(30 * second), { maxLength: 60 }), (perMinute, gaps) => {
      const quota = new SwarmQuota(perMinute);
      const taken: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        const isAdmitted = taken.filter((at) => at > now - 60 * second).length < perMinute;
        expect([quota.admits('192.0.2.1', now), quota.take('192.0.2.1', now)]).toEqual([isAdmitted, isAdmitted]);
        if (isAdmitted) taken.push(now);
      }
    }),
  );
});

it('counts each subscriber by itself', () => {
  const quota = new SwarmQuota(1);
  expect(['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((subscriber) => quota.take(subscriber, 0))).toEqual([
    true,
    true,
    false,
  ]);
});

it('remembers so many subscribers, and forgets who named none for longest', () => {
  const quota = new SwarmQuota(2);
  quota.take('first', 0);
  quota.take('first', 0);
  quota.take('second', 0);
  quota.take('second', 0);
  for (let count = 2; count < limits.quotaSubscribersMax; count++) quota.take(String(count), 1);
  expect([quota.admits('first', 2), quota.admits('second', 2)]).toEqual([false, false]);
  quota.take('one more', 2);
  expect([quota.admits('first', 2), quota.admits('second', 2)]).toEqual([true, false]);
});
