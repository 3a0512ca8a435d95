import { tmpdir } from 'node:os';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { parseWhole, read } from '../options/parse';
import type { Terminal } from '../terminal/terminal';
import { parseAmount, parsePercent, parseShare, readCapacities, type Amount } from '../trace/amount';
import { policyNames, readPolicies, type PolicyName, type PolicySettings } from '../trace/policies';
import { runSimulation, type SimulationRequest } from '../trace/run-simulation';
import { TERMINAL } from './tokens';
import { WeirCommand } from './weir.command';

interface SimulateOptions {
  readonly capacity?: readonly Amount[];
  readonly policy?: readonly PolicyName[];
  readonly json?: boolean;
  readonly plot?: string;
  readonly probationMemory?: Amount;
  readonly secondSubscriber?: boolean;
  readonly swarmShare?: number;
  readonly warmUp?: number;
  readonly malformedMax?: number;
  readonly temp?: string;
}

const capacitiesDefault = '1%,5%,10%,20%';
/** In percent of the capacity, so that small traces are treated as large ones. */
const probationMemoryDefault: Amount = { percent: 10 };
/** All of it: a trace may be of a few titles alone. */
const swarmShareDefault = 1;
const malformedLinesMax = 1e9;

/** Replays a trace through cache policies. */
@Command({
  name: 'simulate',
  arguments: '<trace...>',
  argsDescription: { trace: 'a file as weir trace makes and an appliance records, packed or not, or - for stdin' },
  description: 'replay a request trace: what each policy and capacity would hit and write',
})
export class SimulateCommand extends WeirCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  @Option({
    flags: '--capacity <list>',
    description: `bytes, as 10GiB, or percent of the unique bytes (default: ${capacitiesDefault})`,
  })
  readCapacity(text: string): readonly Amount[] {
    return readCapacities(text);
  }

  @Option({ flags: '--policy <list>', description: `some of ${policyNames.join(',')} (default: all)` })
  readPolicy(text: string): readonly PolicyName[] {
    return readPolicies(text);
  }

  @Option({ flags: '--json', description: 'print the results as a JSON array instead' })
  readJson(): boolean {
    return true;
  }

  @Option({ flags: '--plot <file>', description: 'draw byte hit ratio over capacity into an SVG file' })
  readPlot(text: string): string {
    return text;
  }

  @Option({
    flags: '--probation-memory <amount>',
    description: 'weir: memory for what has not proved itself: bytes, or percent of the capacity (default: 10%)',
  })
  readProbationMemory(text: string): Amount {
    return read('--probation-memory', text, parseAmount);
  }

  @Option({
    flags: '--second-subscriber',
    description: 'weir: only a second subscriber proves that a segment is wanted',
  })
  readSecondSubscriber(): boolean {
    return true;
  }

  @Option({
    flags: '--swarm-share <percent>',
    description: 'weir: what one swarm may hold, where objects are named SWARM/SEGMENT (default: 100%)',
  })
  readSwarmShare(text: string): number {
    return read('--swarm-share', text, parseShare);
  }

  @Option({ flags: '--warm-up <percent>', description: 'of the requests that only fill the cache (default: 0%)' })
  readWarmUp(text: string): number {
    return read('--warm-up', text, (value) => parsePercent(value, 100));
  }

  @Option({
    flags: '--malformed-max <lines>',
    description: 'lines that may make no sense and are left out (default: 0)',
  })
  readMalformedMax(text: string): number {
    return read('--malformed-max', text, (value) => parseWhole(value, 0, malformedLinesMax));
  }

  @Option({
    flags: '--temp <folder>',
    description: `for temporary files, 16 bytes for each request at most (default: ${tmpdir()})`,
  })
  readTemp(text: string): string {
    return text;
  }

  async run(paths: string[], options: SimulateOptions): Promise<void> {
    const run = { paths, request: requestOf(options), terminal: this.terminal };
    await this.interruptibly((signal) => runSimulation({ ...run, stdin: process.stdin, signal }));
  }
}

function requestOf(options: SimulateOptions): SimulationRequest {
  const { capacity, policy, plot, temp = tmpdir(), warmUp = 0, malformedMax = 0, json = false } = options;
  return {
    capacities: capacity ?? readCapacities(capacitiesDefault),
    policies: policy ?? policyNames,
    settings: settingsOf(options),
    ...{ folder: temp, plot, json, warmUp, malformedMax },
  };
}

function settingsOf(options: SimulateOptions): PolicySettings {
  const { probationMemory = probationMemoryDefault, secondSubscriber = false, swarmShare } = options;
  return { probationMemory, secondSubscriber, swarmShareMax: swarmShare ?? swarmShareDefault };
}
