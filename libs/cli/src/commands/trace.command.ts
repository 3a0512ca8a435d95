import { Inject } from '@nestjs/common';
import {
  defaultSettings,
  modelNames,
  requestsMax,
  settingRules,
  type ModelName,
  type ModelSettings,
} from '@weir/policy';
import { listed } from '@weir/ppspp';
import { Command, Option, type CommandRunner } from 'nest-commander';
import { UsageError } from '../errors';
import { parseWhole, read } from '../options/parse';
import type { Terminal } from '../terminal/terminal';
import { modelFlags, parseSetting, settingHelp, type ModelFlag } from '../trace/model-flags';
import { writeTraceFile, writeTraceTo, type TracePlan } from '../trace/write-trace';
import { TERMINAL } from './tokens';
import { WeirCommand } from './weir.command';

interface TraceOptions {
  readonly seed?: number;
  readonly requests?: number;
  readonly out?: string;
}

const seedDefault = 1;
/** Seconds of work, some 30 MB, and enough that ratios are good to a few tenths of a point. */
const requestsDefault = 1_000_000;

/** Makes a trace from a seed. */
@Command({
  name: 'trace',
  arguments: '<model>',
  argsDescription: { model: listed(modelNames) },
  description: 'make a request trace from a seed, for weir simulate',
})
export class TraceCommand extends WeirCommand {
  /** What the command line says of the model's settings. */
  private readonly named = new Map<ModelFlag, number>();

  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  /** The settings are options, too: they come from their table, not from a method each. */
  override setCommand(command: Parameters<CommandRunner['setCommand']>[0]): this {
    for (const flag of modelFlags) {
      command.option(`${flag.name} <n>`, settingHelp(flag), (text: string) => {
        this.named.set(
          flag,
          read(flag.name, text, (value) => parseSetting(flag, value)),
        );
      });
    }
    return super.setCommand(command);
  }

  @Option({ flags: '--seed <n>', description: `the same seed makes the same trace (default: ${seedDefault})` })
  readSeed(text: string): number {
    return read('--seed', text, (value) => parseWhole(value, 0, Number.MAX_SAFE_INTEGER));
  }

  @Option({ flags: '--requests <n>', description: `requests (default: ${requestsDefault})` })
  readRequests(text: string): number {
    return read('--requests', text, (value) => parseWhole(value, 1, requestsMax));
  }

  @Option({ flags: '--out <file>', description: 'a new file, packed if its name ends in .gz (default: stdout)' })
  readOut(text: string): string {
    return text;
  }

  async run([model = '']: string[], options: TraceOptions): Promise<void> {
    const name = modelNames.find((one) => one === model);
    if (name === undefined) throw new UsageError(`model ${JSON.stringify(model)}: write ${listed(modelNames)}`);
    const { seed = seedDefault, requests = requestsDefault, out } = options;
    const settings = this.settingsOf(name);
    const progress = this.terminal.progress('writing');
    await this.interruptibly(async (signal) => {
      const told = (written: number): void => progress.update(written * settings.bytes, requests * settings.bytes);
      const plan: TracePlan = { model: name, settings, seed, requests, signal, progress: told };
      if (out === undefined) await writeTraceTo(this.terminal.output, plan);
      else await writeTraceFile(out, plan);
    }).finally(() => progress.stop());
  }

  private settingsOf(model: ModelName): ModelSettings {
    const settings: Record<keyof ModelSettings, number> = defaultSettings(model);
    for (const [{ name, key }, value] of this.named) {
      if (settingRules[key].defaults[model] === undefined) {
        const models = modelNames.filter((one) => settingRules[key].defaults[one] !== undefined);
        throw new UsageError(`${name}: ${model} has no such setting; leave it out, or choose ${listed(models)}`);
      }
      settings[key] = value;
    }
    return settings;
  }
}
