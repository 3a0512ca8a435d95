// `npm test`: every check, in the order that fails cheapest first, up to the first failure. Arguments select steps. Checks of the text
// take one core each, and go side by side with the next of them.
// The last line is `N passed, N failed`: tests, and as one more failure a step that failed without naming a test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, exit, stdout } from 'node:process';
import { text } from 'node:stream/consumers';
import { root, setUp, setUpPackages } from './setup.mjs';

const reports = mkdtempSync(join(tmpdir(), 'weir-check-'));

const steps = [
  { name: 'format', bin: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', '.'] },
  { name: 'lint', bin: 'eslint/bin/eslint.js', args: ['--max-warnings=0', '.'] },
  { name: 'types', bin: 'typescript/bin/tsc', args: ['-p', 'tsconfig.json'] },
  {
    name: 'boundaries',
    bin: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test'],
  },
  jest('unit', ['--maxWorkers=100%']),
  jest('sim', ['--maxWorkers=100%']),
  // Each lab has namespaces of its own.
  jest('netns', ['--maxWorkers=2']),
  jest('e2e', ['--maxWorkers=2']),
];

function jest(name, args) {
  const report = join(reports, `${name}.json`);
  const common = ['--ci', '--passWithNoTests', '--json', `--outputFile=${report}`, '--selectProjects', name];
  return { name, bin: 'jest/bin/jest.js', args: [...args, ...common], report };
}

/** Says what it says at its end, below its name, since another may run meanwhile; jest, which has all cores, as it goes. */
async function perform({ name, bin, args, report }) {
  const started = performance.now();
  if (report) stdout.write(`\n── ${name}\n`);
  // Jest prints its report to stderr, and to stdout the JSON that also goes to the file.
  const stdio = report ? ['ignore', 'ignore', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  const child = spawn(execPath, [join(root, 'node_modules', bin), ...args], { cwd: root, stdio });
  const said = report ? [] : [text(child.stdout), text(child.stderr)];
  const [[status], ...texts] = await Promise.all([once(child, 'close'), ...said]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (!report) stdout.write(`\n── ${name}\n${texts.join('')}`);
  stdout.write(`── ${name} ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
  return count(status === 0, report);
}

/** A suite that could not even start has no test to count, and counts as one failure. */
function count(ok, report) {
  if (!report || !existsSync(report)) return { ok, passed: 0, failed: ok ? 0 : 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { ok, passed: numPassedTests, failed: ok ? failed : Math.max(failed, 1) };
}

/** Two at a time: most machines that check have two cores at least. */
function sideBySide(some) {
  const waiting = [...some];
  return [1, 2].map(async () => {
    for (let step = waiting.shift(); step !== undefined && total.failed === 0; step = waiting.shift()) {
      const { passed, failed } = await perform(step);
      total.passed += passed;
      total.failed += failed;
    }
  });
}

const named = argv.slice(2);
const unknown = named.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  stdout.write(`no step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}\n`);
  exit(2);
}

const wanted = steps.filter(({ name }) => named.length === 0 || named.includes(name));
if (wanted.some(({ report }) => report)) setUp();
else setUpPackages();
const total = { passed: 0, failed: 0 };
for (const some of [
  wanted.filter(({ report }) => !report),
  ...wanted.filter(({ report }) => report).map((step) => [step]),
]) {
  await Promise.all(sideBySide(some));
  if (total.failed > 0) break;
}
rmSync(reports, { recursive: true });
stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
exit(total.failed === 0 ? 0 : 1);
