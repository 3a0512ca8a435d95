import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { boundaries, lints, permitted, type Planted } from './architecture.plants';

const root = resolve(__dirname, '..');

// Each run of a tool reads the whole tree, which takes seconds on a busy machine.
jest.setTimeout(120_000);

interface Cruise {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

interface LintResult {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

/** A tree with our folders, settings and packages, in which only planted files break rules. */
class Tree {
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-architecture-'));

  constructor() {
    for (const name of ['tsconfig.json', 'package.json', '.dependency-cruiser.cjs', 'eslint.config.mjs']) {
      copyFileSync(join(root, name), join(this.folder, name));
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  plant(planted: readonly Planted[]): void {
    for (const { file, code } of planted) {
      mkdirSync(join(this.folder, dirname(file)), { recursive: true });
      writeFileSync(join(this.folder, file), code);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function run(folder: string, bin: string, args: readonly string[]): string {
  const command = [join(root, 'node_modules', bin), ...args];
  const { stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (stdout === '') expect(stderr).toBe('');
  return stdout;
}

function cruise(folder: string): Cruise['summary'] {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'test'];
  const result: Cruise = JSON.parse(run(folder, 'dependency-cruiser/bin/dependency-cruise.mjs', args));
  return result.summary;
}

function lint(folder: string): readonly string[] {
  const results: LintResult[] = JSON.parse(run(folder, 'eslint/bin/eslint.js', ['--format', 'json', 'libs']));
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => `${filePath.slice(folder.length + 1)}: ${ruleId ?? message}`),
  );
}

describe('the boundaries between libs', () => {
  const tree = new Tree();
  let summary: Cruise['summary'];

  beforeAll(() => {
    tree.plant([...permitted, ...Object.values(boundaries).flat()]);
    summary = cruise(tree.folder);
  });
  afterAll(() => tree.remove());

  it('are each proven by a planted violation', () => {
    expect(summary.ruleSetUsed.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(boundaries).sort());
  });

  it.each(Object.entries(boundaries))('%s bites', (rule, planted) => {
    const bitten = summary.violations.filter(({ rule: { name } }) => name === rule).map(({ from }) => from);
    for (const { file } of planted.filter(({ innocent }) => innocent !== true)) expect(bitten).toContain(file);
  });

  it('leave what the table allows alone', () => {
    const files = new Set(permitted.map(({ file }) => file));
    expect(summary.violations.filter(({ from }) => files.has(from))).toEqual([]);
  });

  it('hold in this tree', () => {
    expect(cruise(root).violations).toEqual([]);
  });
});

describe('the lint rules of our own', () => {
  const tree = new Tree();
  let found: readonly string[] = [];

  beforeAll(() => {
    tree.plant(lints);
    found = lint(tree.folder);
  });
  afterAll(() => tree.remove());

  it.each(lints.filter(({ breaks }) => breaks !== undefined))('$breaks bites in $file', ({ file, breaks }) => {
    expect(found).toContain(`${file}: ${breaks ?? ''}`);
  });

  it('leave innocent files alone', () => {
    const innocent = lints.filter(({ breaks }) => breaks === undefined).map(({ file }) => file);
    expect(found.filter((line) => innocent.some((file) => line.startsWith(file)))).toEqual([]);
  });
});
