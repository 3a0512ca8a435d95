import { rmSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@weir/datagram';
import { completed, type Seeder } from '../../e2e/harness/peers';
import { sha256Of, type ContentFile } from '../../e2e/harness/stage';
import type { LabAppliance } from './appliance';
import { interceptionOf, type Interception } from './interception';
import { Lab } from './lab';
import { makeLongLine, type LineHabits } from './long-line';

/** What goes on in the demonstration. */
export interface ScenePlan {
  readonly subscribers: number;
  /** Bytes of each content; the first is asked for most. */
  readonly contents: readonly number[];
  readonly seedersPerContent: number;
  readonly line: LineHabits;
  readonly seed: number;
}

/** A subscriber, at a moment. */
export interface SubscriberSample {
  readonly number: number;
  /** Number of the content that he fetches, or fetched last. */
  readonly content: number;
  /** How much of it is there, 0 to 1. */
  readonly progress: number;
  readonly completed: number;
  readonly failed: number;
}

/** All of it, at a moment. Bytes are since the subscribers began. */
export interface Sample {
  readonly subscribers: readonly SubscriberSample[];
  /** Content bytes that subscribers have. */
  readonly deliveredBytes: number;
  /** Octets that came in by the outside link. */
  readonly outsideBytes: number;
  readonly byteHitRatio: number | null;
  readonly interception: Interception;
}

interface Published {
  readonly file: ContentFile;
  readonly link: string;
}

/** The longest that a subscriber looks at what he fetched before he wants something else. */
const leisureMillis = 1_500;
const blockBytes = 512;
const seederPort = 6_881;

/** Subscribers who fetch again and again what the Internet has, with an appliance in the path that none of them knows. */
export class Scene {
  private readonly random: () => number;
  private readonly viewers: Viewer[] = [];
  private readonly ending = new AbortController();
  private readonly before: number;
  private loops: Promise<void>[] = [];

  private constructor(
    private readonly lab: Lab,
    private readonly appliance: LabAppliance,
    private readonly published: readonly Published[],
    { seed }: ScenePlan,
  ) {
    this.random = seededRandom(seed);
    this.before = lab.network.octets(lab.router()).received;
  }

  /** Builds the networks, and starts everybody. A lab that did not come about is gone when this rejects. */
  static async open(plan: ScenePlan, onLab: (lab: Lab) => void): Promise<Scene> {
    const lab = Lab.build(['pop', 'line']);
    onLab(lab);
    await makeLongLine(lab.router(1), plan.line);
    const tracker = await lab.tracker(1);
    const published: Published[] = [];
    for (const [index, bytes] of plan.contents.entries()) {
      published.push(await publish(lab, { index, bytes, seeders: plan.seedersPerContent, tracker: tracker.url }));
    }
    const scene = new Scene(lab, await lab.appliance({ trackers: [tracker.url] }), published, plan);
    scene.begin(plan.subscribers, tracker.url);
    return scene;
  }

  async sample(): Promise<Sample> {
    const { byteHitRatio } = await this.appliance.status();
    return {
      subscribers: this.viewers.map((viewer) => viewer.sample()),
      deliveredBytes: this.viewers.reduce((sum, viewer) => sum + viewer.bytes, 0),
      outsideBytes: this.lab.network.octets(this.lab.router()).received - this.before,
      byteHitRatio,
      interception: await interceptionOf(this.appliance),
    };
  }

  /** Has nobody begin anything more. The lab ends by itself. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.lab.end();
    await Promise.all(this.loops);
  }

  private begin(count: number, tracker: string): void {
    for (let number = 1; number <= count; number++) {
      const viewer = new Viewer(this.lab, number, tracker);
      this.viewers.push(viewer);
      this.loops.push(this.keepWatching(viewer));
    }
  }

  private async keepWatching(viewer: Viewer): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await viewer.watch(this.choose(), signal);
      await pause(this.random() * leisureMillis, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The first content is wanted as often as all others together, and so on. */
  private choose(): Choice {
    let content = 0;
    while (content < this.published.length - 1 && this.random() < 0.5) content++;
    const [first] = this.published;
    const published = this.published[content] ?? first;
    if (published === undefined) throw new Error('there is nothing to watch');
    return { content, published };
  }
}

interface Choice {
  readonly content: number;
  readonly published: Published;
}

/** A subscriber, one fetch after the other. */
class Viewer {
  private content = 0;
  private done = { completed: 0, failed: 0, bytes: 0 };
  private current: { readonly out: string; readonly bytes: number } | undefined;

  constructor(
    private readonly lab: Lab,
    private readonly number: number,
    private readonly tracker: string,
  ) {}

  /** Content bytes so far. */
  get bytes(): number {
    return this.done.bytes + this.currentBytes;
  }

  sample(): SubscriberSample {
    const { number, content, current, done } = this;
    const progress = current === undefined ? Math.sign(done.completed) : this.currentBytes / current.bytes;
    return { number, content, progress, completed: done.completed, failed: done.failed };
  }

  /** Fetches a content, and compares it with what was published. */
  async watch({ content, published: { link, file } }: Choice, signal: AbortSignal): Promise<void> {
    this.content = content;
    const out = this.lab.inside.path(`subscriber-${this.number}`);
    this.current = { out, bytes: file.size };
    const fetch = { subscriber: this.number, swarmId: link, trackers: [this.tracker], timeoutSeconds: 60, out };
    try {
      await completed(this.lab.startFetch(fetch));
      if (sha256Of(out) !== file.sha256) throw new Error(`subscriber ${this.number} got something else`);
      this.done.completed++;
      this.done.bytes += file.size;
    } catch (error) {
      if (signal.aborted) return;
      this.done.failed++;
      process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
    } finally {
      this.current = undefined;
      rmSync(out, { force: true });
    }
  }

  /** Complete extents are written at once: what the file takes on disk is what is there. */
  private get currentBytes(): number {
    if (this.current === undefined) return 0;
    const blocks = statSync(this.current.out, { throwIfNoEntry: false })?.blocks ?? 0;
    return Math.min(blocks * blockBytes, this.current.bytes);
  }
}

interface Publication {
  readonly index: number;
  readonly bytes: number;
  readonly seeders: number;
  readonly tracker: string;
}

async function publish(lab: Lab, { index, bytes, seeders, tracker }: Publication): Promise<Published> {
  const file = lab.content(`content-${index}`, bytes);
  const start = { path: file.path, trackers: [tracker], port: seederPort + index };
  const started: Promise<Seeder>[] = [];
  for (let seeder = 0; seeder < seeders; seeder++) started.push(lab.seeder({ ...start, external: 2 + seeder }));
  const [first] = await Promise.all(started);
  if (first === undefined) throw new Error('a content needs a seeder');
  return { file, link: first.link };
}
