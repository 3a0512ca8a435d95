// `npm run test:kill -- [--kills 500] [--seed N]`: kills the store's process at random moments, looks at what it left, and goes on
// with that. Ends at the first fault, with status 1 and the seed. Ctrl-C ends it early; what was killed by then is summed up.
import { stdout } from 'node:process';
import { isFaulty, runCampaign } from './campaign.mjs';

await runCampaign({
  ...{ command: 'test:kill', counted: 'kills', fallback: 500, file: 'test/crash/campaign.ts' },
  tell: (death, deaths) => {
    for (const fault of death.faults) stdout.write(`seed ${death.seed}, ${death.moment}: ${fault}\n`);
    if (deaths.length % 50 === 0) stdout.write(`${killed(deaths)} kills\n`);
  },
  summary: (deaths) => `${table(deaths)}${sums(deaths)}\n`,
});

function table(deaths) {
  const rows = [...grouped(deaths)].sort();
  return rows.map(([name, some]) => `${String(some.length).padStart(5)}  ${name}\n`).join('');
}

function sums(deaths) {
  const sum = (of) => deaths.reduce((total, death) => total + of(death), 0);
  const most = (of) => Math.max(0, ...deaths.map(of));
  return (
    `${killed(deaths)} kills, ${deaths.filter(isFaulty).length} with faults; ` +
    `${sum(({ transactions }) => transactions)} transactions, ${sum(({ answers }) => answers)} answers, ` +
    `${sum(({ removed }) => removed)} extents removed, ${sum(({ held }) => held)} held in memory alone, ` +
    `${sum(({ extents }) => extents)} extents verified, ` +
    `${(sum(({ scrubbedBytes }) => scrubbedBytes) / 1e6).toFixed(0)} MB scrubbed, ` +
    `${(sum(({ givenBytes }) => givenBytes) / 1e6).toFixed(0)} MB given back; ` +
    `slowest opening ${most(({ openMillis }) => openMillis).toFixed(0)} ms; ` +
    `largest file ${(100 * most(({ fileShare }) => fileShare)).toFixed(0)} % of its capacity`
  );
}

function grouped(deaths) {
  const groups = new Map();
  for (const death of deaths) {
    const name = `${death.moment}, in ${death.phase}${death.wasGiving ? ', giving pages back' : ''}`;
    groups.set(name, [...(groups.get(name) ?? []), death]);
  }
  return groups;
}

function killed(deaths) {
  return deaths.filter((death) => death.killed).length;
}
