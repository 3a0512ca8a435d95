// `npm test`: every check, in the order that fails cheapest first, up to the first failure. Arguments select steps.
// The last line is `N passed, N failed`: tests, and as one more failure a step that failed without naming a test.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, exit, stdout } from 'node:process';
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

function perform({ name, bin, args, report }) {
  stdout.write(`\n── ${name}\n`);
  const started = performance.now();
  // Jest prints its report to stderr, and to stdout the JSON that also goes to the file.
  const stdio = ['ignore', report ? 'ignore' : 'inherit', 'inherit'];
  const { status } = spawnSync(execPath, [join(root, 'node_modules', bin), ...args], { cwd: root, stdio });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
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
for (const step of wanted) {
  const { ok, passed, failed } = perform(step);
  total.passed += passed;
  total.failed += failed;
  if (!ok) break;
}
rmSync(reports, { recursive: true });
stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
exit(total.failed === 0 ? 0 : 1);
