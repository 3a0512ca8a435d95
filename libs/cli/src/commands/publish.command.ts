import { Inject } from '@nestjs/common';
import { formatHostPort } from '@weir/config';
import { linkOf, recordOf, type SwarmId, type SwarmRecord, type SwarmStatement } from '@weir/ppspp';
import { Command, Option } from 'nest-commander';
import { openContent, scanContent, type ContentFormat } from '../content/scan';
import { statementOfContent } from '../transfer/seed-content';
import { formatBytes } from '../terminal/format';
import type { Terminal } from '../terminal/terminal';
import { collect, parseFreeSwarmId, parsePeer, parseTrackerUrl, read } from '../options/parse';
import { FormatCommand, formatOf, swarmIdFlag, type SourceOptions } from './format.command';
import { TERMINAL } from './tokens';

interface PublishOptions extends SourceOptions {
  readonly tracker?: readonly string[];
  readonly peer?: readonly string[];
  readonly json?: boolean;
}

/** Computes a file's swarm ID. */
@Command({
  name: 'publish',
  arguments: '<file>',
  argsDescription: { file: 'the content' },
  description: "compute a file's swarm ID, which whoever fetches it must know",
})
export class PublishCommand extends FormatCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  @Option(swarmIdFlag)
  readSwarmId(text: string): SwarmId {
    return read('--swarm-id', text, parseFreeSwarmId);
  }

  @Option({ flags: '--json', description: 'print the record as one JSON line instead' })
  readJson(): boolean {
    return true;
  }

  @Option({ flags: '--tracker <url>', description: 'a tracker to name in record and link; may be repeated' })
  readTracker(text: string, before?: readonly string[]): readonly string[] {
    return collect('--tracker', read('--tracker', text, parseTrackerUrl), before);
  }

  @Option({ flags: '--peer <host:port>', description: 'a peer to name in record and link; may be repeated' })
  readPeer(text: string, before?: readonly string[]): readonly string[] {
    return collect('--peer', formatHostPort(read('--peer', text, parsePeer)), before);
  }

  async run([path = '']: string[], options: PublishOptions): Promise<void> {
    const format = formatOf(options);
    const record = await this.interruptibly((signal) => this.scan(path, format, signal));
    const { tracker: trackers = [], peer: peers = [] } = options;
    const statement = statementOfContent(record, { trackers, peers });
    const lines = options.json === true ? [JSON.stringify(recordOf(statement))] : describe(record, statement);
    for (const line of lines) this.terminal.print(line);
  }

  private async scan(path: string, format: ContentFormat, signal: AbortSignal): Promise<SwarmRecord> {
    const progress = this.terminal.progress('hashing');
    const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
    const file = await openContent(path);
    try {
      const { record } = await scanContent(file, path, format, { onProgress, signal });
      return record;
    } finally {
      progress.stop();
      await file.close();
    }
  }
}

function describe({ chunkCount, contentBytes = 0 }: SwarmRecord, statement: SwarmStatement): string[] {
  const { swarmId, hash, addressing, chunkSize } = statement;
  return [
    `swarm ID    ${swarmId}`,
    `chunks      ${chunkCount} of ${chunkSize ?? 0} bytes`,
    `size        ${contentBytes} bytes (${formatBytes(contentBytes)})`,
    `hash        ${hash ?? 'none'}`,
    `addressing  ${addressing ?? ''}`,
    `link        ${linkOf(statement)}`,
  ];
}
