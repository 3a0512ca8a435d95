import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { CommandError } from '../errors';
import { APPLIANCE_ENTRY } from './tokens';
import { WeirCommand } from './weir.command';

/** What the appliance's entry takes. */
export interface ApplianceOptions {
  /** The configuration file; its own choice if left out. */
  readonly file?: string;
}

/** Runs the cache until it is stopped. */
@Command({ name: 'appliance', description: 'run the cache until stopped' })
export class ApplianceCommand extends WeirCommand {
  constructor(@Inject(APPLIANCE_ENTRY) private readonly entry: string) {
    super();
  }

  @Option({
    flags: '--config <file>',
    description: 'configuration in YAML (default: what WEIR_CONFIG names)',
    name: 'file',
  })
  readConfig(text: string): string {
    return text;
  }

  async run(_: string[], options: ApplianceOptions): Promise<void> {
    await loadAppliance(this.entry).runAppliance(options);
  }
}

interface Appliance {
  /** Resolves when the appliance was stopped. */
  runAppliance(options: ApplianceOptions): Promise<void>;
}

/** Loaded only when asked for: the appliance is an app of its own, and large. */
function loadAppliance(entry: string): Appliance {
  if (!existsSync(entry)) {
    throw new CommandError('NOT_AVAILABLE', `the appliance is not built: no ${entry}; run npm run build`, { entry });
  }
  const loaded: unknown = createRequire(__filename)(entry);
  if (isAppliance(loaded)) return loaded;
  throw new CommandError('NOT_AVAILABLE', `${entry} is not the appliance: it has no runAppliance`, { entry });
}

function isAppliance(loaded: unknown): loaded is Appliance {
  const has = typeof loaded === 'object' && loaded !== null && 'runAppliance' in loaded;
  return has && typeof loaded.runAppliance === 'function';
}
