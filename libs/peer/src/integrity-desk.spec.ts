import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, LastEnd, PageReport, StoreUsage } from '@weir/store';
import { Registry } from 'prom-client';
import { IntegrityDesk } from './integrity-desk';
import { tellLostRules } from './store-condition';

const swarmId = 'ab'.repeat(32);
const report: PageReport = {
  ...{ verdict: 'whole', damage: undefined, slot: 0, transaction: 7 },
  ...{ pagesRead: 3, lostPages: 0, brokenHeads: [], seconds: 0.5 },
};
const usage: StoreUsage = {
  ...{ storedBytes: 1, memoryBytes: 0, capacityBytes: 2 ** 30, usableBytes: 2 ** 30, swarms: 1 },
  ...{ extents: 1, memoryExtents: 0 },
  policy: { segments: 0, ghosts: 0, probationShare: 0, pinnedBytes: 0, stateBytes: 0 },
  totals: { persistedExtents: 0, heldUses: 0, missedUses: 0 },
};
const erased = { when: 1, kind: 'extent', foundBy: 'scrub', remedy: 'erased', detail: 'a', swarmId } as const;
const lostRules = { when: 2, kind: 'rules', foundBy: 'start', remedy: 'lost', detail: 'rules may be lost' } as const;

describe('the desk for the store’s integrity', () => {
  let directory: string;
  let registry: Registry;
  let desk: IntegrityDesk;
  let heard: { found: Finding[]; refetched: string[]; rulesLost: unknown[]; renewed: unknown[]; troubles: unknown[] };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-desk-'));
    open();
  });

  afterEach(async () => {
    await desk.stop();
    await rm(directory, { recursive: true });
  });

  it('tells what the start found, counts it by its kind, and has it fetched again', async () => {
    open({ findings: [erased, { ...erased, extent: 4 }, lostRules] });
    desk.begin();
    expect(heard.found).toHaveLength(3);
    expect(heard.refetched).toEqual([swarmId]);
    expect(desk.report()).toMatchObject({ counts: { extent: 2, rules: 1 }, inspection: report });
    const page = await registry.metrics();
    expect(page).toContain('store_damage_total{kind="extent"} 2');
    expect(page).toContain('store_damage_total{kind="rules"} 1');
    expect(page).toContain('store_inspection_seconds 0.5');
  });

  it('has nothing fetched again that was only mended, or lost', () => {
    desk.note([
      { ...erased, kind: 'overflow', remedy: 'mended' },
      { ...erased, kind: 'hashes', remedy: 'lost' },
    ]);
    expect(heard.refetched).toEqual([]);
  });

  it('has everybody leave a store whose structure the scrub found damaged, and not one that was mended at the start', () => {
    desk.note([{ ...erased, kind: 'pages', foundBy: 'start', remedy: 'rolled-back' }]);
    expect(heard.renewed).toEqual([]);
    expect(heard.refetched).toEqual(['all']);
    desk.note([{ ...erased, kind: 'pages', remedy: 'lost', detail: 'order of tree extents, page 9' }]);
    expect(heard.renewed).toMatchObject([{ code: 'STORE_CORRUPT', message: expect.stringContaining('page 9') }]);
  });

  it('notes what proved wrong when it was first served, and what a store found that was started again', () => {
    desk.hear({ type: 'extent-corrupt', swarmId, extent: 9, verdict: 'mismatch' });
    desk.hear({ type: 'extent-corrupt', swarmId, extent: 10, verdict: 'incomplete' });
    desk.hear({ type: 'swarm-closed', swarmId, servedBytes: 0, fetchedBytes: 0 });
    expect(heard.found).toMatchObject([
      { kind: 'extent', foundBy: 'read', remedy: 'erased', swarmId, extent: 9 },
      { kind: 'hashes', foundBy: 'read', remedy: 'erased', swarmId, extent: 10 },
    ]);
    expect(heard.refetched).toEqual([swarmId, swarmId]);
    const damaged = { ...report, verdict: 'previous' } as const;
    desk.relaunched({ inspection: { report: damaged, findings: [lostRules] } });
    expect(desk.report()).toMatchObject({
      counts: { extent: 1, hashes: 1, rules: 1 },
      inspection: { verdict: 'previous' },
    });
  });

  it('remembers over a restart', async () => {
    desk.note([erased]);
    await desk.stop();
    open();
    expect(desk.report()).toMatchObject({ counts: { extent: 1 }, findings: [erased] });
    // What was found before is not counted as found since the start.
    expect(await registry.metrics()).toContain('store_damage_total{kind="extent"} 0');
  });

  it('tells of lost rules at each start until an operator says that they are as they should be', async () => {
    open({ findings: [lostRules] });
    desk.begin();
    expect(heard.rulesLost).toEqual([lostRules]);
    await desk.stop();
    open();
    desk.begin();
    expect(heard.rulesLost).toEqual([lostRules]);
    expect(desk.report()).toMatchObject({ rulesLost: lostRules, counts: { rules: 1 } });
    await desk.acknowledgeRules();
    expect(heard.rulesLost).toEqual([lostRules, undefined]);
    await desk.stop();
    open();
    desk.begin();
    expect(heard.rulesLost).toEqual([]);
    expect(desk.report()).toMatchObject({ rulesLost: undefined, findings: [lostRules] });
  });

  it.each<[LastEnd, boolean]>([
    ['crashed', true],
    ['unknown', true],
    ['killed', false],
    ['clean', false],
    ['new', false],
  ])('after a run that ended %s a scrub begins at once: %s', (lastEnd, begins) => {
    open({ lastEnd });
    desk.begin();
    expect(desk.report().scrub.running).toBe(begins);
  });

  it('begins a scrub when it is asked to, and ends it', () => {
    desk.startScrub();
    expect(desk.report().scrub).toMatchObject({ running: true, progress: 0 });
    desk.cancelScrub();
    expect(desk.report().scrub.running).toBe(false);
  });

  function open({ findings = [], lastEnd = 'clean' }: { findings?: readonly Finding[]; lastEnd?: LastEnd } = {}) {
    registry = new Registry();
    heard = { found: [], refetched: [], rulesLost: [], renewed: [], troubles: [] };
    const writer = {
      ...{ inspection: { report, findings }, lastEnd, isDown: true },
      usage: () => usage,
      renew: (reason: unknown) => void heard.renewed.push(reason),
    };
    const commit = () => Promise.resolve({ written: [], evicted: [], erased: [], refused: [], storedBytes: 0 });
    desk = new IntegrityDesk(
      { storeDirectory: directory, scrubRate: 1_000_000, writer, client: { commit }, registry },
      {
        onFinding: (finding) => heard.found.push(finding),
        onErased: (one) => heard.refetched.push(one),
        onRulesLost: (finding) => heard.rulesLost.push(finding),
        onLost: () => heard.refetched.push('all'),
        onTrouble: (failure) => heard.troubles.push(failure),
      },
    );
  }
});

it('an appliance that may have lost rules is not ready, and says what to do', () => {
  const declared: unknown[] = [];
  const said: string[] = [];
  const readiness = { declare: (condition: unknown) => void declared.push(condition) };
  const say = (message: string) => void said.push(message);
  const logger = { log: say, error: say };
  tellLostRules(lostRules, readiness, logger);
  expect(declared).toMatchObject([{ name: 'rules', ready: false, reason: 'rules may be lost' }]);
  expect(said).toHaveLength(1);
  tellLostRules(undefined, readiness, logger);
  expect(declared.at(-1)).toEqual({ name: 'rules', ready: true });
});
