import type { Provider } from '@nestjs/common';

type Family = () => Promise<Provider[]>;

/** Commands by the first word of a command line. Each loads what it needs, which others do without: a process starts with one. */
const families: Readonly<Record<string, Family>> = {
  publish: async () => [(await import('./publish.command.js')).PublishCommand],
  seed: async () => [(await import('./seed.command.js')).SeedCommand],
  fetch: async () => [(await import('./fetch.command.js')).FetchCommand],
  tracker: async () => [(await import('./tracker.command.js')).TrackerCommand],
  trace: async () => [(await import('./trace.command.js')).TraceCommand],
  simulate: async () => [(await import('./simulate.command.js')).SimulateCommand],
  appliance: async () => [(await import('./appliance.command.js')).ApplianceCommand],
  cache: async () => (await import('./cache/cache.command.js')).CacheCommand.registerWithSubCommands(),
  catalogue: async () => (await import('./catalogue/catalogue.command.js')).CatalogueCommand.registerWithSubCommands(),
  intercept: async () => (await import('./intercept/intercept.command.js')).InterceptCommand.registerWithSubCommands(),
};

/** The commands that a command line can mean, in the order of the help: one family, or all where the first word names none. */
export async function commandsFor([word = '']: readonly string[]): Promise<Provider[]> {
  const named = Object.hasOwn(families, word) ? families[word] : undefined;
  if (named !== undefined) return named();
  return (await Promise.all(Object.values(families).map((load) => load()))).flat();
}
