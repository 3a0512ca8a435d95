import { join } from 'node:path';
import type { SwarmId } from '@weir/ppspp';
import { NoteFile } from '@weir/store';
import { originsMax } from './limits';
import { withinMillis } from './within-millis';

/** How often what is new is kept: a crash costs no more than that, and a tracker may name it once more. */
const keepMillis = 600_000;

/** How long the end waits for the disk. */
const stopMillisMax = 2_000;

/** Which tracker named peers of a swarm first. Kept over a restart, so that a quota of a tracker finds what is its. */
export class Origins {
  private readonly trackers = new Map<SwarmId, string>();
  private timer: NodeJS.Timeout | undefined;
  private changed = false;

  /** Without a file it is forgotten with the process. */
  constructor(private readonly note?: NoteFile) {}

  /** Those that are kept beside the store in a directory. */
  static async open(directory: string): Promise<Origins> {
    const note = new NoteFile(join(directory, 'origins.json'));
    const origins = new Origins(note);
    for (const [swarmId, tracker] of pairsIn(await note.read())) origins.name(swarmId, tracker);
    origins.changed = false;
    origins.timer = setInterval(() => void origins.keep(), keepMillis);
    origins.timer.unref();
    return origins;
  }

  /** A tracker names peers of a swarm; which did so first. Of too many swarms those are forgotten that were named first. */
  name(swarmId: SwarmId, tracker: string): string {
    const first = this.trackers.get(swarmId);
    if (first !== undefined) return first;
    const [oldest] = this.trackers.size < originsMax ? [] : this.trackers.keys();
    if (oldest !== undefined) this.trackers.delete(oldest);
    this.trackers.set(swarmId, tracker);
    this.changed = true;
    return tracker;
  }

  /** The swarms that a tracker named first. */
  of(tracker: string): SwarmId[] {
    return [...this.trackers].flatMap(([swarmId, first]) => (first === tracker ? [swarmId] : []));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await withinMillis(this.keep(), stopMillisMax);
  }

  private async keep(): Promise<void> {
    if (!this.changed) return;
    this.changed = false;
    const byTracker: Record<string, SwarmId[]> = {};
    for (const [swarmId, tracker] of this.trackers) (byTracker[tracker] ??= []).push(swarmId);
    await this.note?.write(byTracker);
  }
}

function pairsIn(kept: unknown): [SwarmId, string][] {
  if (typeof kept !== 'object' || kept === null) return [];
  return Object.entries(kept).flatMap(([tracker, swarms]: [string, unknown]) =>
    Array.isArray(swarms)
      ? swarms.flatMap((swarmId: unknown): [SwarmId, string][] =>
          typeof swarmId === 'string' ? [[swarmId, tracker]] : [],
        )
      : [],
  );
}
