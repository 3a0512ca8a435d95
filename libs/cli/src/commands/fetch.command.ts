import { Inject } from '@nestjs/common';
import { parseHostPort, type HostPort } from '@weir/config';
import { metadataOf, type SwarmMetadata, type SwarmStatement } from '@weir/ppspp';
import { Command, Option } from 'nest-commander';
import { InterruptedError, UsageError } from '../errors';
import { anyAddress } from '@weir/datagram';
import { formatAddress, resolveAddress } from '../options/address';
import { exchangeOf } from '../options/exchange';
import { collect, parseContentBytes, parsePeer, parseSeconds, parseTrackerUrl, read } from '../options/parse';
import { readSwarm, withFlags } from '../options/swarm';
import { formatBytes, formatRate } from '../terminal/format';
import { trackersOf } from '../options/tracker-access';
import type { Terminal } from '../terminal/terminal';
import { fetchContent, type FetchPlan, type FetchSummary } from '../transfer/fetch-content';
import type { StartTransfer } from '../transfer/transfer';
import { PeerCommand, type PeerOptions } from './peer.command';
import { START_TRANSFER, TERMINAL } from './tokens';

interface FetchOptions extends PeerOptions {
  readonly out: string;
  readonly peer?: readonly HostPort[];
  readonly listen?: HostPort;
  readonly timeout?: number;
  readonly contentBytes?: number;
  readonly json?: boolean;
}

/** Fetches a file, or what is missing of it. */
@Command({
  name: 'fetch',
  arguments: '<swarm>',
  argsDescription: { swarm: 'swarm ID, link or record as "weir publish" prints them, a file with one, or - for stdin' },
  description: 'fetch and verify a file, or what is missing of it',
})
export class FetchCommand extends PeerCommand {
  constructor(
    @Inject(TERMINAL) private readonly terminal: Terminal,
    @Inject(START_TRANSFER) private readonly startTransfer: StartTransfer,
  ) {
    super();
  }

  @Option({
    flags: '--out <file>',
    description: 'where to; FILE.weir beside it remembers a partial file',
    required: true,
  })
  readOut(text: string): string {
    return text;
  }

  @Option({ flags: '--tracker <url>', description: 'a tracker that knows peers; may be repeated' })
  readTracker(text: string, before?: readonly string[]): readonly string[] {
    return collect('--tracker', read('--tracker', text, parseTrackerUrl), before);
  }

  @Option({ flags: '--peer <host:port>', description: 'a peer to ask; may be repeated' })
  readPeer(text: string, before?: readonly HostPort[]): readonly HostPort[] {
    return collect('--peer', read('--peer', text, parsePeer), before);
  }

  @Option({ flags: '--listen <host:port>', description: 'UDP address (default: any)' })
  readListen(text: string): HostPort {
    return read('--listen', text, parseHostPort);
  }

  @Option({ flags: '--timeout <seconds>', description: 'fail when not complete by then (default: wait)' })
  readTimeout(text: string): number {
    return read('--timeout', text, parseSeconds);
  }

  @Option({ flags: '--content-bytes <bytes>', description: 'size of the content, where hashes do not tell it' })
  readContentBytes(text: string): number {
    return read('--content-bytes', text, parseContentBytes);
  }

  @Option({ flags: '--json', description: 'print the summary as one JSON line' })
  readJson(): boolean {
    return true;
  }

  async run([swarm = '']: string[], options: FetchOptions): Promise<void> {
    const plan = await this.plan(withFlags(await readSwarm(swarm), options), options);
    const { terminal, startTransfer } = this;
    const summary = await this.interruptibly((signal) =>
      fetchContent(plan, { terminal, startTransfer, signal }).catch((error: unknown) => {
        if (!(error instanceof InterruptedError)) throw error;
        throw new InterruptedError(error.signal, 'interrupted; the same command continues');
      }),
    );
    const lines = options.json === true ? [summaryJson(plan, summary)] : describe(plan, summary);
    for (const line of lines) terminal.print(line);
  }

  private async plan(statement: SwarmStatement, options: FetchOptions): Promise<FetchPlan> {
    const { out, listen, timeout } = options;
    const metadata = fetchable(metadataOf(statement));
    const peers = [...statement.peers.map((one) => read('peer', one, parsePeer)), ...(options.peer ?? [])];
    const linked = statement.trackers.map((one) => read('tracker', one, parseTrackerUrl));
    const trackers = trackersOf(options, linked);
    if (trackers.length === 0 && peers.length === 0) {
      throw new UsageError('nobody to fetch from: name a --tracker or a --peer');
    }
    return {
      metadata,
      out,
      trackers,
      listen: listen === undefined ? anyAddress() : await resolveAddress('--listen', listen),
      peers: await Promise.all(peers.map((one) => resolveAddress('--peer', one))),
      timeoutSeconds: timeout,
      exchange: await exchangeOf(options),
    };
  }
}

/** Without hashes nothing tells where the content ends. */
function fetchable(metadata: SwarmMetadata): SwarmMetadata {
  if (metadata.integrity !== 'none' || metadata.contentBytes !== undefined) return metadata;
  throw new UsageError(
    '--integrity none: state the size with --content-bytes, or fetch by the link that the seeder prints',
  );
}

function summaryJson({ metadata, out }: FetchPlan, { bytes, resumedBytes, seconds, sources }: FetchSummary): string {
  const peers = Object.fromEntries(sources.map(({ address, bytes: sent }) => [formatAddress(address), sent]));
  return JSON.stringify({ swarmId: metadata.swarmId, file: out, complete: true, bytes, resumedBytes, seconds, peers });
}

function describe({ out }: FetchPlan, { bytes, resumedBytes, seconds, sources }: FetchSummary): string[] {
  const rate = formatRate(bytes - resumedBytes, seconds);
  const resumed = resumedBytes === 0 ? '' : `, ${formatBytes(resumedBytes)} of it there before`;
  return [
    `${out}: complete and verified, ${formatBytes(bytes)}${resumed}, in ${seconds.toFixed(1)} s (${rate})`,
    ...sources.map(({ address, bytes: sent }) => `  ${formatBytes(sent)} from ${formatAddress(address)}`),
  ];
}
