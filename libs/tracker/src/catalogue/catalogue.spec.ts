import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { everySwarm, type SwarmAccess } from '@weir/ppstp';
import fc from 'fast-check';
import { Catalogue, type CatalogueSubject } from './catalogue';
import { openCatalogue } from './open-catalogue';
import { limits } from './limits';
import { MemoryShelf, type ShelfChange } from './shelf';

const hex = (digit: number) => digit.toString(16).repeat(64);

/** What a tracker was told, as far as it still holds. */
class Pupil implements CatalogueSubject {
  readonly accesses = new Map<string, SwarmAccess | 'withdrawn'>();
  readonly grants = new Set<string>();

  get told() {
    return { accesses: new Map(this.accesses), grants: new Set(this.grants) };
  }

  publish(swarmId: string, access: SwarmAccess): void {
    this.accesses.set(swarmId, access);
  }

  withdraw(swarmId: string): number {
    this.accesses.set(swarmId, 'withdrawn');
    return 3;
  }

  grant(swarmId: string, principal: string): void {
    this.grants.add(`${swarmId} ${principal}`);
  }

  revoke(swarmId: string, principal: string): void {
    this.grants.delete(`${swarmId} ${principal}`);
  }
}

function taught(catalogue: Catalogue): Pupil {
  const pupil = new Pupil();
  catalogue.rule(pupil);
  return pupil;
}

describe('a catalogue', () => {
  let catalogue: Catalogue;

  beforeEach(() => {
    catalogue = new Catalogue(new MemoryShelf(), () => 1_700_000_000_000);
  });

  it('tells what is published, and as what', async () => {
    const metadata = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
    expect(await catalogue.publish(hex(1), { access: 'closed', title: 'News', metadata })).toBe(true);
    expect(await catalogue.publish(hex(1), { access: 'open' })).toBe(false);
    expect(catalogue.find(hex(1))).toEqual({ access: 'open', changedAt: 1_700_000_000_000 });
    expect(catalogue.counts).toEqual({ published: 1, withdrawn: 0, grants: 0 });
  });

  it('remembers what was withdrawn, forgets its grants, and publishes it again', async () => {
    const pupil = taught(catalogue);
    await catalogue.publish(hex(1), { access: 'closed' });
    await catalogue.grant(hex(1), 'alice');
    expect(await catalogue.withdraw(hex(1))).toBe(3);
    expect(await catalogue.withdraw(hex(2))).toBe(3);
    expect(pupil).toMatchObject({ accesses: new Map([1, 2].map((n) => [hex(n), 'withdrawn'])), grants: new Set() });
    expect(catalogue.counts).toEqual({ published: 0, withdrawn: 2, grants: 0 });
    await expect(catalogue.grant(hex(1), 'alice')).rejects.toMatchObject({ code: 'SWARM_UNPUBLISHED' });
    expect(await catalogue.publish(hex(1), { access: 'open' })).toBe(true);
  });

  it('lets principals into every swarm', async () => {
    const pupil = taught(catalogue);
    expect(await catalogue.grant(everySwarm, 'cache')).toBe(true);
    expect(await catalogue.grant(everySwarm, 'cache')).toBe(false);
    expect([...pupil.grants]).toEqual(['* cache']);
    expect(await catalogue.revoke(everySwarm, 'cache')).toBe(true);
    expect(await catalogue.revoke(everySwarm, 'cache')).toBe(false);
    expect(pupil.grants.size).toBe(0);
  });

  it('obeys nothing that could not be kept', async () => {
    const shelf = new MemoryShelf();
    const failing = new Catalogue(shelf);
    const pupil = taught(failing);
    await failing.publish(hex(1), { access: 'closed' });
    await failing.grant(hex(1), 'alice');
    const before = pupil.told;
    shelf.commit = () => Promise.reject(new TypeError('the disk is gone'));
    const changes = [
      () => failing.publish(hex(2), { access: 'open' }),
      () => failing.withdraw(hex(1)),
      () => failing.grant(hex(1), 'bob'),
      () => failing.revoke(hex(1), 'alice'),
    ];
    for (const change of changes) await expect(change()).rejects.toThrow('the disk is gone');
    expect(pupil.told).toEqual(before);
    expect(failing.find(hex(2))).toBeUndefined();
    expect(failing.counts).toEqual({ published: 1, withdrawn: 0, grants: 1 });
  });

  it('makes one change after the other, and refuses more than it may hold', async () => {
    const shelf = new MemoryShelf();
    const kept: ShelfChange[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    shelf.commit = async (changes?: readonly ShelfChange[]) => {
      kept.push(...(changes ?? []));
      await gate;
    };
    const slow = new Catalogue(shelf);
    const changes = Array.from({ length: limits.changesMax }, (_, n) => slow.publish(`s${n}`, { access: 'open' }));
    await expect(slow.withdraw('s0')).rejects.toMatchObject({ code: 'CATALOGUE_BUSY' });
    expect(kept.length).toBeLessThanOrEqual(1);
    release();
    await Promise.all(changes);
    expect(kept).toHaveLength(limits.changesMax);
    expect(await slow.withdraw('s0')).toBe(0);
  });

  it('pages in order, whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(200)), fc.integer({ min: 1, max: 30 }), async (numbers, limit) => {
        const paged = new Catalogue(new MemoryShelf());
        const ids = numbers.map((n) => `id${n}`);
        for (const id of ids) await paged.publish(id, { access: 'open' });
        const found: string[] = [];
        let after: string | undefined = '';
        while (after !== undefined) {
          const { items, next } = paged.page(after, limit);
          found.push(...items);
          after = next;
        }
        expect(found).toEqual(ids.sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe('a catalogue in a directory', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-catalogue-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  type Step = (catalogue: Catalogue) => Promise<unknown>;
  const name = fc.constantFrom('alice', 'bob', 'Zoë, of the north');
  const id = fc.nat(3).map(hex);
  const steps = fc.array(
    fc.oneof(
      fc.tuple(id, fc.constantFrom<SwarmAccess>('open', 'closed')).map(([swarm, access]): Step => {
        return (catalogue) => catalogue.publish(swarm, { access, title: `as ${access}` });
      }),
      id.map(
        (swarm): Step =>
          (catalogue) =>
            catalogue.withdraw(swarm),
      ),
      fc.tuple(fc.oneof(id, fc.constant(everySwarm)), name).map(([swarm, who]): Step => {
        return (catalogue) => catalogue.grant(swarm, who);
      }),
      fc.tuple(id, name).map(
        ([swarm, who]): Step =>
          (catalogue) =>
            catalogue.revoke(swarm, who),
      ),
    ),
    { maxLength: 12 },
  );

  it('is the same when it is opened again, to the tracker as well', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const place = join(directory, String(run++));
        const first = openCatalogue(place);
        const pupil = taught(first);
        for (const step of taken) await step(first).catch(() => undefined);
        const entries = [...pupil.accesses.keys()].map((swarm) => first.find(swarm));
        await first.close();
        const second = openCatalogue(place);
        expect(taught(second).told).toEqual(pupil.told);
        expect([...pupil.accesses.keys()].map((swarm) => second.find(swarm))).toEqual(entries);
        expect(second.counts).toEqual(first.counts);
        await second.close();
      }),
      { numRuns: 15 },
    );
  });

  it('has one owner at a time, who alone can read it', async () => {
    const catalogue = openCatalogue(directory);
    expect(() => openCatalogue(directory)).toThrow('is in use by process');
    expect(statSync(join(directory, 'catalogue')).mode & 0o777).toBe(0o700);
    await catalogue.close();
    await openCatalogue(directory).close();
  });

  it('refuses what is none', async () => {
    await openCatalogue(directory).close();
    writeFileSync(join(directory, 'catalogue', 'data.mdb'), 'a letter to the editor'.repeat(1_000));
    expect(() => openCatalogue(directory)).toThrow('no LMDB database');
  });

  it('loses nothing that was acknowledged when its process is killed', async () => {
    const acknowledged = await publishUntilKilled(directory, 20);
    const catalogue = openCatalogue(directory);
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    for (const swarm of acknowledged) expect(catalogue.find(swarm)).toMatchObject({ access: 'closed' });
    for (const swarm of acknowledged) expect(catalogue.isGranted(swarm, 'alice')).toBe(true);
    await catalogue.close();
  });
});

/** A process that publishes swarms and tells each, and is killed in the middle. */
async function publishUntilKilled(directory: string, count: number): Promise<string[]> {
  const script = `
    const { openCatalogue } = require(${JSON.stringify(join(__dirname, 'open-catalogue.ts'))});
    const catalogue = openCatalogue(${JSON.stringify(directory)});
    (async () => {
      for (let at = 0; ; at++) {
        await catalogue.publish('swarm' + at, { access: 'closed' });
        await catalogue.grant('swarm' + at, 'alice');
        process.stdout.write('swarm' + at + '\\n');
      }
    })();`;
  const hook = resolve(__dirname, '../../../../ops/typescript.cjs');
  const child = spawn(process.execPath, ['-r', hook, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return acknowledged;
}
