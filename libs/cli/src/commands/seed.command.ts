import { Inject } from '@nestjs/common';
import { parseHostPort, type HostPort } from '@weir/config';
import { reachableAddresses } from '@weir/datagram';
import { linkOf, recordOf, type Address, type SwarmId, type SwarmRecord } from '@weir/ppspp';
import { Command, Option } from 'nest-commander';
import { formatAddress, resolveAddress } from '../options/address';
import { exchangeOf } from '../options/exchange';
import { collect, parseFreeSwarmId, parseTrackerUrl, read } from '../options/parse';
import { trackersOf } from '../options/tracker-access';
import type { Terminal } from '../terminal/terminal';
import { seedContent, statementOfContent } from '../transfer/seed-content';
import type { StartTransfer } from '../transfer/transfer';
import { formatOf, swarmIdFlag, type SourceOptions } from './format.command';
import { PeerCommand, type PeerOptions } from './peer.command';
import { START_TRANSFER, TERMINAL } from './tokens';

interface SeedOptions extends SourceOptions, PeerOptions {
  readonly listen: HostPort;
}

/** Serves a file to whoever asks, until it is stopped. */
@Command({
  name: 'seed',
  arguments: '<file>',
  argsDescription: { file: 'the content' },
  description: 'serve a file until stopped; prints record and link when ready, a line each',
})
export class SeedCommand extends PeerCommand {
  constructor(
    @Inject(TERMINAL) private readonly terminal: Terminal,
    @Inject(START_TRANSFER) private readonly startTransfer: StartTransfer,
  ) {
    super();
  }

  @Option({ flags: '--listen <host:port>', description: 'UDP address; port 0 for any that is free', required: true })
  readListen(text: string): HostPort {
    return read('--listen', text, parseHostPort);
  }

  @Option(swarmIdFlag)
  readSwarmId(text: string): SwarmId {
    return read('--swarm-id', text, parseFreeSwarmId);
  }

  @Option({ flags: '--tracker <url>', description: 'a tracker to register at; may be repeated' })
  readTracker(text: string, before?: readonly string[]): readonly string[] {
    return collect('--tracker', read('--tracker', text, parseTrackerUrl), before);
  }

  async run([path = '']: string[], options: SeedOptions): Promise<void> {
    const listen = await resolveAddress('--listen', options.listen);
    const exchange = await exchangeOf(options);
    const trackers = trackersOf(options);
    const plan = { path, format: formatOf(options), listen, trackers, exchange };
    const { terminal, startTransfer } = this;
    await this.interruptibly((signal) =>
      seedContent(plan, {
        terminal,
        startTransfer,
        signal,
        onReady: (record, address) => this.announce(record, address, options.tracker ?? []),
      }),
    );
  }

  private announce(record: SwarmRecord, address: Address, trackers: readonly string[]): void {
    const statement = statementOfContent(record, { trackers, peers: reachableAddresses(address).map(formatAddress) });
    this.terminal.print(JSON.stringify({ ...recordOf(statement), address: formatAddress(address) }));
    this.terminal.print(linkOf(statement));
  }
}
