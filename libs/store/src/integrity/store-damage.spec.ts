import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestContent } from '../content.testing';
import { pageBytes } from '../footprint';
import { openLmdbReader, openLmdbWriter } from '../lmdb-store';
import { emptyBatch } from '../store';
import type { Finding } from './finding';
import { placesIn } from './pages.testing';
import { damagedFileName, inspectStore } from './inspect-store';

const now = 1_700_000_000;
const capacityBytes = 2 ** 24;
const [one, other] = [new TestContent(1), new TestContent(2)];
const blocked = {
  kind: 'swarm',
  swarmId: one.swarmId,
  rule: { blocked: { reason: 'a', since: 1, bytes: 0, extents: 0 } },
} as const;
const pinned = { kind: 'swarm', swarmId: other.swarmId, rule: { pinned: true } } as const;

describe('a store whose file was damaged', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'weir-damage-'));
    file = join(directory, 'data.mdb');
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([{ ...one.batch([0, 1, 2], [one.block(1, 0)]), rules: [pinned] }], now);
    writer.commit([other.batch([0, 1])], now);
    await writer.close();
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('is left as it is where nothing is wrong', () => {
    const before = readFileSync(file);
    expect(inspectStore(directory, capacityBytes, now)).toMatchObject({ report: { verdict: 'whole' }, findings: [] });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(inspectStore(join(directory, 'nowhere'), capacityBytes, now)).toEqual({ report: undefined, findings: [] });
  });

  it('is left alone where the file is none of ours, to be refused', () => {
    writeFileSync(file, Buffer.alloc(3 * pageBytes, 7));
    expect(inspectStore(directory, capacityBytes, now).report).toBeUndefined();
    expect(existsSync(file)).toBe(true);
  });

  it('goes back to the transaction before where the newest is damaged, and loses no rule by it', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([{ ...emptyBatch, rules: [blocked] }], now);
    await writer.close();
    const newest = inspectStore(directory, capacityBytes, now).report?.slot ?? 0;
    // The root of the databases, gone astray.
    flip(newest * pageBytes + 24 + 72 + 41, 1);
    const { report, findings } = inspectStore(directory, capacityBytes, now);
    expect(report?.verdict).toBe('previous');
    expect(findings).toMatchObject([{ kind: 'pages', remedy: 'rolled-back' }]);
    expect(inspectStore(directory, capacityBytes, now)).toMatchObject({ report: { verdict: 'whole' }, findings: [] });
    expect(await reopened(true)).toEqual([]);
    expect(await rulesThere()).toEqual(expect.arrayContaining([pinned, blocked]));
  });

  it('is set aside where its trees are damaged, and begins anew with the rules', async () => {
    // Written two transactions ago: no snapshot is without it.
    const leaf = placesIn(file).find(({ tree }) => tree === 'rules');
    flip((leaf?.pageNumber ?? 0) * pageBytes + 18, 4);
    const { findings } = inspectStore(directory, capacityBytes, now);
    expect(findings).toMatchObject([{ kind: 'pages', remedy: 'set-aside' }]);
    expect(existsSync(join(directory, damagedFileName))).toBe(true);
    expect(existsSync(file)).toBe(false);
    expect(await reopened(true)).toMatchObject([{ kind: 'rules', remedy: 'restored' }]);
    expect(await rulesThere()).toEqual([pinned]);
  });

  it('loses a swarm whose record is damaged, and no other', async () => {
    const [record] = placesIn(file).filter(({ tree, key }) => tree === 'swarms' && key.toString('hex') === one.swarmId);
    flip((record?.offset ?? 0) + 27, 1);
    expect(await reopened()).toMatchObject([{ kind: 'record', swarmId: one.swarmId, remedy: 'erased' }]);
    const reader = openLmdbReader(directory);
    expect(reader.swarms().map(({ record: { metadata } }) => metadata.swarmId)).toEqual([other.swarmId]);
    expect(await reader.read(other.swarmId, 1)).toEqual(other.extent(1));
    expect(await reader.open(one.swarmId)).toBeUndefined();
    await reader.close();
    expect(await reopened()).toEqual([]);
  });

  it('gives no swarm a number that was used, though the next one is damaged', async () => {
    const [next] = placesIn(file).filter(({ tree, key }) => tree === 'meta' && key.toString() === 'next-swarm');
    flip((next?.offset ?? 0) + 3, 2);
    expect(await reopened()).toMatchObject([{ kind: 'counter', remedy: 'mended' }]);
    const writer = openLmdbWriter({ directory, capacityBytes });
    const third = new TestContent(3);
    writer.commit([third.batch([0])], now);
    await writer.close();
    const reader = openLmdbReader(directory);
    for (const content of [one, other, third]) expect(await reader.read(content.swarmId, 0)).toEqual(content.extent(0));
    await reader.close();
  });

  it('knows its format by the copy of it', async () => {
    const [format] = placesIn(file).filter(({ tree, key }) => tree === 'meta' && key.toString() === 'format');
    flip((format?.offset ?? 0) + 3, 8);
    expect(await reopened()).toEqual([]);
  });

  it('has a damaged rule from its second copy, and says so where that is damaged too', async () => {
    const [rule] = placesIn(file).filter(({ tree }) => tree === 'rules');
    flip((rule?.offset ?? 0) + 5, 1);
    expect(await reopened()).toMatchObject([{ kind: 'rules', remedy: 'restored' }]);
    expect(await rulesThere()).toEqual([pinned]);
    const [again] = placesIn(file).filter(({ tree }) => tree === 'rules');
    flip((again?.offset ?? 0) + 5, 1);
    writeFileSync(join(directory, 'rules.json'), 'crc32 00000000\n{}\n');
    expect(await reopened()).toMatchObject([{ kind: 'rules', remedy: 'lost' }]);
    // Rather nothing of it is served than what must not be.
    expect(await rulesThere()).toMatchObject([
      { swarmId: other.swarmId, rule: { blocked: { since: expect.any(Number) } } },
    ]);
  });

  it.each([
    ['emptied', () => writeFileSync(file, '')],
    ['removed', () => rmSync(file)],
  ])('begins anew with the rules where the file was %s', async (_, lose) => {
    lose();
    expect(await reopened()).toMatchObject([{ kind: 'rules', remedy: 'restored' }]);
    expect(await rulesThere()).toEqual([pinned]);
    expect(await reopened()).toEqual([]);
  });

  it('has a second copy of the rules as they are, though it could not be written at first', async () => {
    const before = readFileSync(join(directory, 'rules.json'));
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([{ ...emptyBatch, rules: [blocked] }], now);
    await writer.close();
    writeFileSync(join(directory, 'rules.json'), before);
    expect(await reopened()).toEqual([]);
    expect(await reopened(true)).toEqual([]);
    expect(await rulesThere()).toEqual(expect.arrayContaining([pinned, blocked]));
  });

  it('says that rules may be lost where both copies of them are gone, and knows a store that never had any', async () => {
    rmSync(file);
    rmSync(join(directory, 'rules.json'));
    expect(await reopened(true)).toMatchObject([{ kind: 'rules', remedy: 'lost' }]);
    // From now on it is known that there are none.
    expect(await reopened(true)).toEqual([]);
    rmSync(file);
    expect(await reopened(true)).toEqual([]);
    rmSync(file);
    writeFileSync(join(directory, 'rules.json'), '00000000 []\n');
    expect(await reopened(true)).toMatchObject([{ kind: 'rules', remedy: 'lost' }]);
  });

  it.each(['rules', 'meta', 'swarms', 'extents', 'hashes', 'policy'])(
    'does not begin with an empty table in the place of %s, whose name is damaged',
    async (name) => {
      const writer = openLmdbWriter({ directory, capacityBytes });
      writer.commit([{ ...emptyBatch, rules: [blocked] }], now);
      await writer.close();
      const bytes = readFileSync(file);
      const names = [...Array(bytes.length / pageBytes).keys()].map((page) =>
        bytes.subarray(page * pageBytes, (page + 1) * pageBytes).indexOf(`${name}\0`),
      );
      names.forEach((at, page) => at > 0 && flip(page * pageBytes + at + 1, 1));
      const { findings } = inspectStore(directory, capacityBytes, now);
      expect(findings).toMatchObject([{ kind: 'pages', remedy: 'set-aside' }]);
      expect(await reopened(true)).toMatchObject([{ kind: 'rules', remedy: 'restored' }]);
      expect(await rulesThere()).toEqual(expect.arrayContaining([pinned, blocked]));
    },
  );

  it('mends the heads of small trees’ values before LMDB frees pages by them', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([{ ...emptyBatch, rules: [{ kind: 'job', name: 'long', text: 'x'.repeat(5_000) }] }], now);
    await writer.close();
    const rows = placesIn(file).filter(({ tree }) => tree === 'rules');
    const [first = 0] = rows.flatMap(({ overflow }) => overflow?.first ?? []);
    expect(first).toBeGreaterThan(0);
    const before = readFileSync(file);
    flip(first * pageBytes + 20, 2);
    expect(inspectStore(directory, capacityBytes, now)).toMatchObject({
      report: { verdict: 'whole' },
      findings: [{ kind: 'overflow', remedy: 'mended', foundBy: 'start' }],
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.each([0, 9, 18, 20])('mends the head of a value, its byte %s, before the value is removed', async (byte) => {
    const values = placesIn(file).filter(({ tree }) => tree === 'extents' || tree === 'hashes');
    for (const { overflow } of values) if (overflow) flip(overflow.first * pageBytes + byte, 1);
    const findings: Finding[] = [];
    const mending = { lostRules: false, onFindings: (found: readonly Finding[]) => findings.push(...found) };
    const writer = openLmdbWriter({ directory, capacityBytes }, undefined, mending);
    writer.commit([{ ...emptyBatch, erase: [{ swarmId: one.swarmId, index: 1 }] }], now);
    writer.commit([{ ...emptyBatch, erase: [{ swarmId: one.swarmId }, { swarmId: other.swarmId }] }], now);
    while (writer.sweep());
    for (let index = 0; index < 3; index++) writer.commit([one.batch([index])], now);
    await writer.close();
    expect(findings.map(({ kind, remedy }) => `${kind} ${remedy}`)).toEqual(values.map(() => 'overflow mended'));
    expect(inspectStore(directory, capacityBytes, now)).toMatchObject({ report: { verdict: 'whole' }, findings: [] });
  });

  it('has what is sound of both copies of the rules, and says that some may be missing', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([{ ...emptyBatch, rules: [blocked] }], now);
    await writer.close();
    const rows = placesIn(file).filter(({ tree }) => tree === 'rules');
    const at = rows.findIndex(({ key }) => key.toString('hex').includes(other.swarmId));
    flip((rows[at]?.offset ?? 0) + 5, 1);
    const copy = readFileSync(join(directory, 'rules.json'), 'utf8').split('\n');
    const key = Buffer.concat([Buffer.from('s'), Buffer.from(other.swarmId, 'hex')]).toString('base64');
    writeFileSync(
      join(directory, 'rules.json'),
      copy.map((line) => (line.includes(key) ? line.replace('"', '!') : line)).join('\n'),
    );
    expect(await reopened()).toMatchObject([{ kind: 'rules', remedy: 'lost' }]);
    const sheltered = { kind: 'swarm', swarmId: other.swarmId, rule: { blocked: expect.anything() } };
    expect(await rulesThere()).toEqual(expect.arrayContaining([blocked, sheltered]));
    expect(await reopened()).toEqual([]);
  });

  it('keeps a rule that is newer than its second copy, where another one is damaged', async () => {
    const newer = { ...blocked, rule: { blocked: { ...blocked.rule.blocked, erasedAt: 2 } } };
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([{ ...emptyBatch, rules: [blocked] }], now);
    const before = readFileSync(join(directory, 'rules.json'));
    writer.commit([{ ...emptyBatch, rules: [newer] }], now);
    await writer.close();
    writeFileSync(join(directory, 'rules.json'), before);
    const rows = placesIn(file).filter(({ tree }) => tree === 'rules');
    const at = rows.findIndex(({ key }) => key.toString('hex').includes(other.swarmId));
    flip((rows[at]?.offset ?? 0) + 5, 1);
    expect(await reopened()).toMatchObject([{ kind: 'rules', remedy: 'restored' }]);
    expect(await rulesThere()).toEqual(expect.arrayContaining([pinned, newer]));
  });

  async function reopened(lostRules = false): Promise<readonly Finding[]> {
    let findings: readonly Finding[] = [];
    const mending = { lostRules, onFindings: (found: readonly Finding[]) => (findings = found) };
    const disk = () => ({ freeBytes: 2 ** 40, totalBytes: 2 ** 40 });
    await openLmdbWriter({ directory, capacityBytes }, disk, mending).close();
    return findings;
  }

  async function rulesThere() {
    const reader = openLmdbReader(directory);
    const rules = reader.rules();
    await reader.close();
    return rules;
  }

  function flip(at: number, bit: number): void {
    const bytes = readFileSync(file);
    bytes[at] = (bytes[at] ?? 0) ^ bit;
    writeFileSync(file, bytes);
  }
});
