import { Inject } from '@nestjs/common';
import { parseHostPort, type HostPort } from '@weir/config';
import { startTracker } from '@weir/tracker';
import { Command, Option } from 'nest-commander';
import { formatAddress, resolveAddress } from '../options/address';
import { collect, read } from '../options/parse';
import { untilAborted } from '../terminal/interruption';
import type { Terminal } from '../terminal/terminal';
import { TERMINAL } from './tokens';
import { WeirCommand } from './weir.command';

interface TrackerCommandOptions {
  readonly listen: HostPort;
  readonly path?: string;
  readonly superNode?: readonly string[];
  readonly subscribers?: readonly string[];
  readonly membershipDir?: string;
  readonly membershipKey?: string;
  readonly membershipCert?: string;
}

/** Runs a stand-alone tracker until it is stopped. */
@Command({
  name: 'tracker',
  description: 'run a PPSTP tracker (RFC 7846) until stopped; prints one JSON line when ready',
})
export class TrackerCommand extends WeirCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  @Option({ flags: '--listen <host:port>', description: 'TCP address; port 0 for any that is free', required: true })
  readListen(text: string): HostPort {
    return read('--listen', text, parseHostPort);
  }

  @Option({ flags: '--path <path>', description: 'where requests are posted to (default: /)' })
  readPath(text: string): string {
    return text;
  }

  @Option({ flags: '--super-node <prefix>', description: 'caches, listed before all other peers; may be repeated' })
  readSuperNode(text: string, before?: readonly string[]): readonly string[] {
    return collect('--super-node', text, before);
  }

  @Option({
    flags: '--subscribers <prefix>',
    description: 'whom the super nodes are for (default: all); may be repeated',
  })
  readSubscribers(text: string, before?: readonly string[]): readonly string[] {
    return collect('--subscribers', text, before);
  }

  @Option({
    flags: '--membership-dir <directory>',
    description: 'certify members of swarms by the authority kept here, made at the first start',
  })
  readMembershipDir(text: string): string {
    return text;
  }

  @Option({ flags: '--membership-key <file>', description: 'or by this one: its key on P-256, in PEM' })
  readMembershipKey(text: string): string {
    return text;
  }

  @Option({ flags: '--membership-cert <file>', description: 'and its certificate, in PEM' })
  readMembershipCert(text: string): string {
    return text;
  }

  async run(_: string[], options: TrackerCommandOptions): Promise<void> {
    const { listen, path, superNode, subscribers, membershipDir, membershipKey, membershipCert } = options;
    const address = formatAddress(await resolveAddress('--listen', listen));
    const tracker = await startTracker({
      listen: address,
      path,
      superNodes: superNode,
      subscribers,
      membershipDirectory: membershipDir,
      membershipKey,
      membershipCertificate: membershipCert,
    });
    this.terminal.print(JSON.stringify({ url: tracker.url, membershipCa: tracker.membershipCa }));
    await this.interruptibly((signal) => untilAborted(signal).catch(() => undefined));
    await tracker.close();
  }
}
