import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeRule, encodeRule, type RuleRow } from '../rules/codec';
import type { RuleChange } from '../rules/rule';
import { RulesCopy } from './rules-copy';

const job = (name: string, text: string | undefined): RuleChange => ({ kind: 'job', name, text });

describe('the second copy of the rules', () => {
  let directory: string;
  let file: string;
  let copy: RulesCopy;
  /** As LMDB has them. */
  let table: Map<string, RuleRow>;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-copy-'));
    file = join(directory, 'rules.json');
    table = new Map();
    copy = opened();
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('grows by a line a change, of which the last counts', () => {
    lay(job('a', '1'));
    const before = readFileSync(file, 'utf8');
    lay(job('b', '1'), job('a', '2'));
    lay(job('b', undefined));
    expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
    expect(lines()).toBe(5);
    expect(copy.read()).toEqual({ rules: [job('a', '2')], brokenLines: 0 });
  });

  it('is without a line that was being written, and goes on with whole ones', () => {
    lay(job('a', '1'));
    lay(job('a', '2'));
    truncateSync(file, readFileSync(file).length - 1);
    expect(new RulesCopy(directory).read()).toEqual({ rules: [job('a', '1')], brokenLines: 0 });
    copy = opened();
    lay(job('b', '1'));
    expect(copy.read()).toEqual({ rules: [job('a', '2'), job('b', '1')], brokenLines: 0 });
  });

  it('loses a line by a flipped bit, or the two that its end had parted, and tells how many it lost', () => {
    for (const name of ['a', 'b', 'c', 'd']) lay(job(name, '1'));
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      const { rules = [], brokenLines = 0 } = new RulesCopy(directory).read() ?? {};
      const isEnd = whole[at] === 0x0a;
      const isLast = at === whole.length - 1;
      expect(rules.length).toBeGreaterThanOrEqual(isEnd && !isLast ? 2 : 3);
      // A last line whose end was struck looks like one that was being written.
      expect(brokenLines > 0).toBe(!isLast);
    }
  });

  it('is none at all where it was emptied or no line is whole, and one without a rule where all were removed', () => {
    lay(job('a', '1'));
    lay(job('a', undefined));
    expect(copy.read()).toEqual({ rules: [], brokenLines: 0 });
    writeFileSync(file, '');
    expect(copy.read()).toBeUndefined();
    writeFileSync(file, 'crc32 00000000\n{}\n');
    expect(copy.read()).toBeUndefined();
    rmSync(file);
    expect(copy.read()).toBeUndefined();
  });

  it('is written anew before it is more than twice what it need be, and at each start', () => {
    let longest = 0;
    for (let at = 0; at < 300; at++) {
      lay(job('a', `${String(at)}${'x'.repeat(1_000)}`));
      longest = Math.max(longest, readFileSync(file).length);
    }
    expect(longest).toBeGreaterThan(60_000);
    expect(longest).toBeLessThan(70_000);
    expect(copy.read()?.rules).toEqual([...table.values()].map(({ key, value }) => decodeRule(key, value ?? key)));
    copy = opened();
    expect(lines()).toBe(2);
  });

  it.each([
    ['removed', () => rmSync(file)],
    ['cut', () => truncateSync(file, 20)],
    ['added to', () => appendFileSync(file, 'torn')],
  ])('is written anew with all rules when somebody else has %s it', (_, harm) => {
    lay(job('a', '1'));
    harm();
    lay(job('b', '1'));
    expect(copy.read()).toEqual({ rules: [job('a', '1'), job('b', '1')], brokenLines: 0 });
    expect(lines()).toBe(3);
  });

  it('is written anew with all rules after the disk did not take some', () => {
    lay(job('a', '1'));
    const kept = readFileSync(file);
    rmSync(file);
    mkdirSync(file);
    expect(() => lay(job('b', '1'))).toThrow();
    rmSync(file, { recursive: true });
    writeFileSync(file, kept);
    lay(job('c', '1'));
    expect(copy.read()?.rules).toEqual([job('a', '1'), job('b', '1'), job('c', '1')]);
  });

  it('has the rules of the table after any changes and starts', () => {
    const change = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      text: fc.option(fc.string(), { nil: undefined }),
    });
    const steps = fc.array(fc.oneof(fc.array(change, { maxLength: 4 }), fc.constant('start' as const)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(steps, (all) => {
        rmSync(file, { force: true });
        table = new Map();
        copy = opened();
        for (const step of all) {
          if (step === 'start') copy = opened();
          else lay(...step.map(({ name, text }) => job(name, text)));
        }
        const found = new RulesCopy(directory).read() ?? { rules: [], brokenLines: 0 };
        const byName = (changes: readonly RuleChange[]) => changes.map((rule) => JSON.stringify(rule)).sort();
        const rows = [...table.values()].map(({ key, value }) => decodeRule(key, value ?? key));
        expect(byName(found.rules)).toEqual(byName(rows));
        expect(found.brokenLines).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  function opened(): RulesCopy {
    const fresh = new RulesCopy(directory);
    fresh.renew([...table.values()]);
    return fresh;
  }

  function lay(...changes: RuleChange[]): void {
    const rows = changes.map(encodeRule);
    for (const row of rows) {
      if (row.value === undefined) table.delete(row.key.toString('hex'));
      else table.set(row.key.toString('hex'), row);
    }
    copy.add(rows, () => table.values());
  }

  function lines(): number {
    return readFileSync(file, 'utf8').split('\n').length - 1;
  }
});
