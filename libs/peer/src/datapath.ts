import { createDatagramMetrics, createPort, recordDatagramCounts, type DatagramPort } from '@weir/datagram';
import { CacheError, endpointDefaults, type Candidate, type SwarmId, type SwarmMetadata } from '@weir/ppspp';
import { openLmdbReader, StoreClient, type StoreNotice } from '@weir/store';
import { createVerifyMetrics, PoolVerifier } from '@weir/verify';
import { Registry } from 'prom-client';
import { Driver } from './driver';
import { Discretion } from './discretion';
import type { DatapathReply, DatapathReport, DatapathRequest, DatapathTask } from './datapath-messages';
import { describeSwarm } from './live-swarm';
import { createPeerMetrics, PeerMeter } from './metrics';
import { PrefixList } from './prefix-list';
import { StoredContent } from './stored-content';

/** How often the control thread hears of the counters. */
const reportMillis = 1_000;

/** Open swarms in one report: what an operator looks through, and a message carries cheaply. */
const reportedSwarmsMax = 1_000;

/** Reasons for trouble are told at most this often: a failing disk fails a thousand times a second. */
const troubleMillis = 1_000;

/** One datapath thread's work: its sockets, its endpoint, its way to the store. */
export class Datapath {
  private readonly registry = new Registry();
  private readonly datagramMetrics = createDatagramMetrics(this.registry);
  private readonly subscribers: PrefixList;
  private readonly ports: readonly DatagramPort[];
  private readonly verifier: PoolVerifier;
  private readonly content: StoredContent;
  private readonly discretion: Discretion;
  private readonly driver: Driver;
  private readonly meter: PeerMeter;
  private readonly timer: NodeJS.Timeout;
  private troubleAt = Number.NEGATIVE_INFINITY;
  private stop: () => void = () => undefined;

  constructor(private readonly task: DatapathTask) {
    this.subscribers = new PrefixList(task.subscribers);
    this.ports = task.listen.map((address) => createPort(address, task.port ?? 'auto'));
    this.discretion = new Discretion(task.exchange, this.subscribers, () => this.ports.map(({ local }) => local));
    this.verifier = new PoolVerifier(task.verifyThreads, createVerifyMetrics(this.registry));
    const onFailure = (failure: unknown): void => {
      this.complain(failure);
    };
    const writer = new StoreClient(task.store, (notice) => {
      this.onStoreNotice(notice);
    });
    const reader = openLmdbReader(task.storeDirectory);
    this.content = new StoredContent(reader, writer, onFailure);
    this.driver = new Driver({
      ports: this.ports,
      store: this.content,
      verifier: this.verifier,
      endpoint: {
        ...endpointDefaults,
        ...task.bounds,
        exchange: this.discretion.config,
        admit: (from) => (this.subscribers.has(from) ? 'serve' : 'refuse'),
        opensUnknown: true,
        fetchesFromCallers: false,
        servesCalled: false,
      },
      ...(this.discretion.check === undefined ? {} : { certificates: this.discretion.check }),
      onNotice: (notice) => {
        this.tell({ type: 'notice', notice });
      },
      onFailure,
    });
    this.meter = new PeerMeter(createPeerMetrics(this.registry), this.driver.endpoint);
    this.timer = setInterval(() => void this.report(), reportMillis);
  }

  /** Works until it is told to stop. Rejects when a socket cannot be opened. */
  async run(): Promise<void> {
    const stopped = new Promise<void>((resolve) => (this.stop = resolve));
    this.task.control.on('message', (request: DatapathRequest) => {
      this.hear(request);
    });
    // Whoever started us is gone: nobody can stop us any more.
    this.task.control.on('close', () => {
      this.stop();
    });
    try {
      await this.driver.start();
      this.tell({ type: 'ready', addresses: this.ports.map(({ local }) => local) });
      await stopped;
    } finally {
      await this.end();
    }
  }

  private async end(): Promise<void> {
    clearInterval(this.timer);
    await this.driver.close();
    await this.report();
    await this.content.close();
    await this.verifier.close();
  }

  private hear(request: DatapathRequest): void {
    switch (request.type) {
      case 'peers':
        return this.driver.input({ kind: 'peers', swarmId: request.swarmId, peers: this.external(request.peers) });
      case 'fetch':
        return void this.fetch(request.metadata, request.peers);
      case 'certificate':
        return this.certify(request.swarmId, request.certificate);
      case 'leave':
        return this.driver.input({ kind: 'leave', swarmId: request.swarmId });
      case 'report':
        return void this.report();
      case 'stop':
        return this.stop();
    }
  }

  private certify(swarmId: SwarmId, certificate: Uint8Array): void {
    const verdict = this.discretion.own(certificate, swarmId);
    if (verdict.ok) this.driver.input({ kind: 'certificate', swarmId, own: verdict.own });
    else this.tell({ type: 'trouble', message: `a tracker's membership certificate is of no use: ${verdict.fault}` });
  }

  private async fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): Promise<void> {
    const { swarmId } = metadata;
    const content = await this.content.open(swarmId).catch((error: unknown) => {
      this.complain(error);
      return undefined;
    });
    this.driver.input({ kind: 'join', join: { metadata, want: 'all', content, trusted: false } });
    this.driver.input({ kind: 'peers', swarmId, peers: this.external(peers) });
  }

  /** Peers that cost transit, or would: subscribers are served, never asked; and we are no peer of our own. */
  private external(peers: readonly Candidate[]): Candidate[] {
    const isOwn = ({ address }: Candidate): boolean =>
      this.ports.some(({ local }) => local.ip === address.ip && local.port === address.port);
    return peers.filter((peer) => !this.subscribers.has(peer.address) && !isOwn(peer));
  }

  private onStoreNotice({ evicted, erased }: StoreNotice): void {
    for (const { swarmId, index } of evicted) this.driver.input({ kind: 'extent-evicted', swarmId, extent: index });
    for (const { swarmId, index } of erased) {
      if (index === undefined) this.driver.input({ kind: 'leave', swarmId });
      else this.driver.input({ kind: 'extent-evicted', swarmId, extent: index });
    }
  }

  private async report(): Promise<void> {
    this.meter.observe();
    for (const port of this.ports) recordDatagramCounts(this.datagramMetrics, port.takeCounts());
    const { counters, channels, swarms } = this.driver.endpoint;
    const { fetchedBytes, servedBytes, hitBytes, missBytes } = counters;
    const open = [...swarms.all()].slice(0, reportedSwarmsMax).map(describeSwarm);
    const metrics = await this.registry.getMetricsAsJSON();
    const report: DatapathReport = {
      channels: channels.size,
      fetchedBytes,
      servedBytes,
      hitBytes,
      missBytes,
      swarms: open,
      metrics,
    };
    this.tell({ type: 'report', report });
  }

  private complain(failure: unknown): void {
    const now = performance.now();
    if (now - this.troubleAt < troubleMillis) return;
    this.troubleAt = now;
    const message = failure instanceof CacheError ? `${failure.code}: ${failure.message}` : String(failure);
    this.tell({ type: 'trouble', message });
  }

  private tell(reply: DatapathReply): void {
    this.task.control.postMessage(reply);
  }
}
