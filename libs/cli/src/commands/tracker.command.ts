import { Inject, Logger } from '@nestjs/common';
import { loadTrackerConfig, parseHostPort, type HostPort } from '@weir/config';
import { type RunningTracker, startTracker, type TrackerSettings } from '@weir/tracker';
import { Command, Option } from 'nest-commander';
import { UsageError } from '../errors';
import { formatAddress, resolveAddress } from '../options/address';
import { collect, read } from '../options/parse';
import { untilAborted } from '../terminal/interruption';
import type { Terminal } from '../terminal/terminal';
import { TerminalLogger } from '../terminal/terminal-logger';
import { TERMINAL } from './tokens';
import { WeirCommand } from './weir.command';

interface TrackerCommandOptions {
  readonly config?: string;
  readonly listen?: HostPort;
  readonly path?: string;
  readonly superNode?: readonly string[];
  readonly subscribers?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsSelfSigned?: string;
  readonly users?: string;
  readonly stateDir?: string;
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

  @Option({ flags: '--config <file>', description: 'configuration in YAML, instead of the options below' })
  readConfig(text: string): string {
    return text;
  }

  @Option({ flags: '--listen <host:port>', description: 'TCP address; port 0 for any that is free' })
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

  @Option({ flags: '--tls-cert <file>', description: 'HTTPS by this certificate, in PEM' })
  readTlsCert(text: string): string {
    return text;
  }

  @Option({ flags: '--tls-key <file>', description: 'and its key, in PEM' })
  readTlsKey(text: string): string {
    return text;
  }

  @Option({
    flags: '--tls-self-signed <directory>',
    description: 'or, for trials, by one that signs itself, kept here and made at the first start',
  })
  readTlsSelfSigned(text: string): string {
    return text;
  }

  @Option({ flags: '--users <file>', description: 'users of closed swarms, as USER:weir:HASH, asked by HTTP Digest' })
  readUsers(text: string): string {
    return text;
  }

  @Option({
    flags: '--state-dir <directory>',
    description: 'keep the catalogue of swarms here, and open the admin side at 127.0.0.1:7847',
  })
  readStateDir(text: string): string {
    return text;
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
    // The commands themselves log nothing; the tracker has something to say for as long as it runs.
    Logger.overrideLogger(new TerminalLogger(this.terminal));
    const tracker = await startTracker(await settingsOf(options));
    const { url, fingerprint, membershipCa, admin } = tracker;
    this.terminal.print(JSON.stringify({ url, fingerprint, membershipCa, admin }));
    await this.serve(tracker);
  }

  /** Until it is stopped; on SIGHUP, certificates and users are read anew. */
  private async serve(tracker: RunningTracker): Promise<void> {
    const reload = () => void tracker.reload();
    process.on('SIGHUP', reload);
    await this.interruptibly((signal) => untilAborted(signal).catch(() => undefined));
    process.off('SIGHUP', reload);
    await tracker.close();
  }
}

/** A file says all, and options are for simple cases: which of two counts, nobody has to guess. */
async function settingsOf({ config, ...options }: TrackerCommandOptions): Promise<TrackerSettings> {
  const [other] = Object.keys(options);
  if (config !== undefined && other === undefined) return loadTrackerConfig({ file: config });
  if (config !== undefined)
    throw new UsageError(`--config "${config}": it stands alone; write all else into that file`);
  if (options.listen === undefined) throw new UsageError('name an address with --listen, or a file with --config');
  return {
    listen: formatAddress(await resolveAddress('--listen', options.listen)),
    path: options.path,
    superNodes: options.superNode,
    subscribers: options.subscribers,
    ...securityOf(options),
    stateDirectory: options.stateDir,
    admin: options.stateDir === undefined ? undefined : {},
    membershipDirectory: options.membershipDir,
    membershipKey: options.membershipKey,
    membershipCertificate: options.membershipCert,
  };
}

function securityOf(options: TrackerCommandOptions): Pick<TrackerSettings, 'tls' | 'authentication'> {
  const { tlsCert: certificateFile, tlsKey: keyFile, tlsSelfSigned: selfSignedDirectory, users } = options;
  const isSecure = [certificateFile, keyFile, selfSignedDirectory].some((one) => one !== undefined);
  return {
    tls: isSecure ? { certificateFile, keyFile, selfSignedDirectory } : undefined,
    authentication: users === undefined ? undefined : { usersFile: users },
  };
}
