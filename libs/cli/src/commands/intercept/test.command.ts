import { parsePrefix, type Parsed } from '@weir/config';
import { probeRules, type ProbeResult } from '@weir/intercept';
import { Option, SubCommand } from 'nest-commander';
import { CommandError } from '../../errors';
import { read } from '../../options/parse';
import { RulesCommand, type RulesOptions } from './rules.command';

interface ProbeOptions extends RulesOptions {
  readonly network?: string;
}

/** For measurements between networks (RFC 2544 section 4, RFC 5735 section 4): no subscriber has such an address. */
const usualNetwork = '198.18.0.0';

/** Proves that the rules fail open. */
@SubCommand({
  name: 'test',
  description:
    'prove that new flows pass within 3 s when the appliance hangs or dies, without touching it; 1 if they do not',
})
export class InterceptTestCommand extends RulesCommand {
  @Option({
    flags: '--network <prefix>',
    description: `IPv4 addresses for the test, 8 at least, that nobody uses (default: ${usualNetwork}/29)`,
  })
  readNetwork(text: string): string {
    return read('--network', text, parseNetwork);
  }

  async run(_: string[], options: ProbeOptions): Promise<void> {
    const plan = this.plan(options);
    const { network = usualNetwork } = options;
    const result = await this.interruptibly((signal) => probeRules({ plan, machine: this.machine, network, signal }));
    this.show(options, result, describe(result));
    if (result.passed) return;
    throw new CommandError('NOT_FAILING_OPEN', `new flows passed later than ${String(result.gapMillisMax)} ms`);
  }
}

function parseNetwork(text: string): Parsed<string> {
  const parsed = parsePrefix(text);
  if (!('value' in parsed)) return parsed;
  const { family, length, ip } = parsed.value;
  if (family === 'ipv4' && length <= 29) return { value: ip };
  return { remedy: 'write an IPv4 prefix of /29 or shorter, such as 198.18.0.0/29' };
}

const names = { SIGSTOP: 'stopped', SIGKILL: 'killed' } as const;

function describe({ gaps }: ProbeResult): string[] {
  return gaps.map(({ fault, diverted, gapMillis }) => {
    const what = `${fault}: ${String(diverted)} handshakes were diverted; ${names[fault]}, the first one passed after`;
    return `${what} ${(gapMillis / 1_000).toFixed(2)} s`;
  });
}
