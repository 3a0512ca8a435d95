import type { Appliance } from '../e2e/harness/appliance';
import { fetchFile, startSeeder } from '../e2e/harness/peers';
import { sha256Of, type Stage } from '../e2e/harness/stage';
import type { Dice } from '../crash/dice';

/** A content outside. */
export interface Published {
  readonly swarmId: string;
  readonly address: string;
  readonly sha256: string;
}

/** What an appliance is at while its disk fails. */
export const deeds = ['fetch', 'serve', 'scrub', 'purge', 'block'] as const;

/** One of `deeds`. */
export type Deed = (typeof deeds)[number];

/** Milliseconds that a subscriber is patient, while the disk fails. */
const patienceSeconds = 30;

/** The world around an appliance: contents outside, subscribers inside, an operator. */
export class World {
  private subscribers = 0;

  private constructor(
    private readonly stage: Stage,
    readonly contents: readonly Published[],
  ) {}

  /** Publishes contents of so many bytes each. */
  static async begin(stage: Stage, count: number, size: number): Promise<World> {
    const contents = Array.from({ length: count }, async (_, nth) => {
      const { path, sha256 } = stage.content(`content-${nth}`, size);
      const { swarmId, address } = await startSeeder(stage, { path, listen: `127.2.0.${nth + 2}:0` });
      return { swarmId, address, sha256 };
    });
    return new World(stage, await Promise.all(contents));
  }

  /** Has the appliance know where everything is. */
  async register(appliance: Appliance): Promise<void> {
    for (const { swarmId, address } of this.contents)
      await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
  }

  /** A subscriber gets a content, from the appliance or from outside; what is wrong with it, or undefined. */
  async fetch(appliance: Appliance, { swarmId, address, sha256 }: Published): Promise<string | undefined> {
    const nth = ++this.subscribers;
    const out = this.stage.path(`out-${nth}`);
    const ip = `127.1.${Math.floor(nth / 250)}.${(nth % 250) + 1}`;
    const peers = [appliance.address, address];
    const start = { swarmId, out, ip, peers, timeoutSeconds: patienceSeconds };
    try {
      const { file } = await fetchFile(this.stage, start);
      return sha256Of(file) === sha256 ? undefined : `content ${swarmId} is not what was published`;
    } catch (error) {
      return `a fetch failed: ${String(error)}`;
    }
  }

  /** Does it, whatever comes of it; what must not have come of it, or undefined. */
  async perform(appliance: Appliance, deed: Deed, dice: Dice): Promise<string | undefined> {
    const content = this.contents[dice.below(this.contents.length)];
    if (content === undefined) return undefined;
    const { swarmId, address } = content;
    switch (deed) {
      case 'fetch':
        await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
        return await this.fetch(appliance, content);
      case 'serve':
        return await this.fetch(appliance, content);
      case 'scrub':
        await appliance.request('POST', '/v1/jobs', { type: 'scrub' });
        return undefined;
      case 'purge':
        await appliance.request('DELETE', `/v1/swarms/${swarmId}`);
        return undefined;
      case 'block':
        await appliance.request('PUT', `/v1/swarms/${swarmId}/block`, { reason: 'a test' });
        await appliance.request('DELETE', `/v1/swarms/${swarmId}/block`);
        return undefined;
    }
  }
}
