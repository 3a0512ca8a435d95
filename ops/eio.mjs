// `npm run test:eio -- [--runs 50] [--seed N]`: has the disk under an appliance fail to be read, in parts and at random moments, and looks
// whether it goes on, answers, and comes back. Ends at the first fault, with status 1 and the seed. Needs root and /dev/fuse.
import { stdout } from 'node:process';
import { isFaulty, runCampaign } from './campaign.mjs';

await runCampaign({
  ...{ command: 'test:eio', counted: 'runs', fallback: 50, file: 'test/eio/campaign.ts' },
  tell: ({ seed, region, deeds, failed, recoveryMillis, faults }, troubles) => {
    const back = `back after ${(recoveryMillis / 1000).toFixed(1)} s`;
    stdout.write(`${troubles.length}: ${region}, ${deeds.join(', ')}; ${failed} reads failed, ${back}\n`);
    for (const fault of faults) stdout.write(`seed ${seed}, ${region}: ${fault}\n`);
  },
  summary: (troubles) => {
    const most = (of) => Math.max(0, ...troubles.map(of)) / 1000;
    return (
      `${troubles.length} runs, ${troubles.filter(isFaulty).length} with faults; ` +
      `${troubles.reduce((sum, { failed }) => sum + failed, 0)} reads failed; ` +
      `slowest answer ${most(({ answerMillis }) => answerMillis).toFixed(2)} s, ` +
      `longest recovery ${most(({ recoveryMillis }) => recoveryMillis).toFixed(1)} s\n`
    );
  },
});
