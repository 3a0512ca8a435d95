import { type Address, type Candidate, listed, type SwarmId } from '@weir/ppspp';
import { isLoopback, reachableAddresses } from '@weir/datagram';
import {
  candidatesOf,
  Registration,
  systemClock,
  type Cancel,
  type RegistrationWorld,
  type RegistrationSettings,
  type TrackerStatus,
} from '@weir/registration';
import type { StreamStats } from '@weir/ppstp';
import { CommandError } from '../errors';
import { isLocalUrl } from '../options/address';

/** What trackers are told, and who hears what they tell. */
export interface AnnouncementPlan {
  readonly trackers: RegistrationSettings['trackers'];
  /** Where the transfer listens. */
  readonly address: Address;
  readonly swarmId: SwarmId;
  readonly mode: 'SEEDER' | 'LEECH';
  readonly onPeers: (peers: readonly Candidate[]) => void;
  /** Told of each certificate that a tracker issues us; the same one may come again. */
  readonly onCertificate?: (certificate: Uint8Array) => void;
  /** Content bytes that came and went so far, which trackers are told. */
  readonly totals?: () => { readonly fetchedBytes: number; readonly servedBytes: number };
  /** Told of a tracker that does not answer, or does again. */
  readonly onChange: (line: string) => void;
}

/** What an announcement needs of the world around it; tests bring their own. */
export type AnnouncementWorld = Pick<RegistrationWorld, 'clock' | 'client'>;

/**
 * How often the registration is asked for peers. It remembers those it found for some time itself, so that trackers
 * are asked as often only while they know nobody.
 */
const lookupMillis = 2_000;

/** The membership of one swarm at some trackers, and the peers known there. RFC 7846. */
export class Announcement {
  /** Resolves once a tracker has us in the swarm. */
  readonly answered: Promise<void>;
  /** Rejects if no tracker ever answered and all were tried, and never resolves. */
  readonly unreachable: Promise<never>;
  private readonly registration: Registration;
  private succeed: () => void = () => undefined;
  private fail: (error: CommandError) => void = () => undefined;
  private heard = false;
  /** Trackers that failed, by URL: told of when another answers, for else `unreachable` names them all. */
  private readonly failed = new Map<string, string>();
  private cancel: Cancel | undefined;
  private stopped = false;

  constructor(
    private readonly plan: AnnouncementPlan,
    private readonly world: AnnouncementWorld = {},
  ) {
    this.answered = new Promise((resolve) => (this.succeed = resolve));
    this.unreachable = new Promise((_, reject) => (this.fail = reject));
    // Whoever waits for it hears of it; with other peers at hand nobody may.
    this.unreachable.catch(() => undefined);
    const { address, trackers } = plan;
    const addresses = reachableAddresses(address);
    const allowLoopback =
      addresses.some(isLoopback) ||
      trackers.some((tracker) => isLocalUrl(typeof tracker === 'string' ? tracker : tracker.url));
    const changed = (status: TrackerStatus) => this.onStatus(status);
    this.registration = new Registration(
      { trackers, addresses, allowLoopback },
      {
        ...world,
        changed,
        counters: () => this.stats(),
        certified: (_, certificate) => this.plan.onCertificate?.(certificate),
      },
    );
  }

  start(): void {
    this.registration.start();
    this.registration.join(this.plan.swarmId, this.plan.mode);
    if (this.plan.trackers.length > 0 && this.plan.mode === 'LEECH') void this.lookUp();
  }

  /** Leaves the swarm at every tracker that can be reached. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    await this.registration.stop();
  }

  /** Trackers answer what is reported: with it comes the next certificate, before the one that we have ends. */
  private stats(): readonly StreamStats[] {
    const { swarmId, totals } = this.plan;
    if (totals === undefined) return [];
    const { fetchedBytes, servedBytes } = totals();
    const done = { uploadedBytes: servedBytes, downloadedBytes: fetchedBytes };
    return [{ swarmId, ...done, availableBandwidth: 0, concurrentLinks: 0 }];
  }

  private async lookUp(): Promise<void> {
    const found = await this.registration.peersFor(this.plan.swarmId);
    if (this.stopped) return;
    this.plan.onPeers(candidatesOf(found));
    this.cancel = (this.world.clock ?? systemClock).after(lookupMillis, () => void this.lookUp());
  }

  private onStatus({ url, state, lastError }: TrackerStatus): void {
    if (state === 'connected') this.onAnswer(url);
    if (state !== 'failed') return;
    this.failed.set(url, lastError ?? 'no answer');
    if (this.heard) this.tellFailure(url);
    else if (this.failed.size === this.registration.trackers.length) this.fail(unreachable(this.failed));
  }

  private onAnswer(url: string): void {
    if (this.failed.delete(url)) this.plan.onChange(`tracker ${url} answers again`);
    if (this.heard) return;
    this.heard = true;
    for (const failed of this.failed.keys()) this.tellFailure(failed);
    this.succeed();
  }

  private tellFailure(url: string): void {
    this.plan.onChange(`tracker ${url} failed: ${this.failed.get(url) ?? ''}`);
  }
}

function unreachable(failed: ReadonlyMap<string, string>): CommandError {
  const named = [...failed].map(([url, reason]) => `${url} (${reason})`).join(', ');
  const reasons = [...failed.values()].join();
  const flags = ['--tracker', ...remedies.flatMap(([reason, more]) => (reason.test(reasons) ? more : []))];
  return new CommandError('TRACKER_UNREACHABLE', `no tracker can be reached: ${named}; check ${listed(flags)}`);
}

/** What the options beside --tracker have to do with, in the words of a registration. */
const remedies: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\bcertificate\b/, ['--tracker-ca', '--tracker-cert']],
  [/\b06\b|\buser name\b/, ['--tracker-user', '--tracker-password-file']],
];
