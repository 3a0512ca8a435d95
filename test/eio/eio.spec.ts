import { randomInt } from 'node:crypto';
import { describeDisks } from '../e2e/harness/disks';
import { campaign, type Trouble } from './campaign';

const seed = Number(process.env['WEIR_EIO_SEED'] ?? randomInt(2 ** 30));

/** `npm run test:eio` does the same some dozens of times. */
const runs = 2;

jest.setTimeout(180_000);

describeDisks('an appliance of whose disk parts cannot be read', () => {
  it(`goes on, answers, and comes back (WEIR_EIO_SEED=${seed})`, async () => {
    const troubles: Trouble[] = [];
    await campaign(runs, seed, (trouble) => troubles.push(trouble));
    expect(troubles.filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(troubles).toHaveLength(runs);
  });
});
