import { Option, SubCommand } from 'nest-commander';
import { z } from 'zod';
import { CacheAdminCommand, type CacheOptions } from './cache-admin.command';

interface IntegrityOptions extends CacheOptions {
  readonly rulesRestored?: boolean;
}

const integrity = z.looseObject({
  counts: z.record(z.string(), z.number()),
  findings: z.array(
    z.looseObject({ when: z.number(), kind: z.string(), foundBy: z.string(), remedy: z.string(), detail: z.string() }),
  ),
  rulesLost: z.looseObject({ when: z.number(), detail: z.string() }).nullable(),
  scrub: z.looseObject({ running: z.boolean(), progress: z.number() }),
});

type Integrity = z.output<typeof integrity>;

/** Findings that are shown; --json has all. */
const shownMax = 20;

/** Shows what was found damaged, and takes an operator's word for the rules. */
@SubCommand({ name: 'integrity', description: 'show what was found damaged in the store, and what became of it' })
export class CacheIntegrityCommand extends CacheAdminCommand {
  @Option({
    flags: '--rules-restored',
    description: 'say that the rules are as they should be, after some may have been lost',
  })
  readRulesRestored(): boolean {
    return true;
  }

  async run(_: string[], options: IntegrityOptions): Promise<void> {
    const { rulesRestored = false } = options;
    const found = await this.administer(options, async (client) => {
      if (rulesRestored) await client.done('DELETE', '/v1/integrity/rules-lost');
      return client.ask(integrity, 'GET', '/v1/integrity');
    });
    this.show(options, found, linesOf);
  }
}

function linesOf({ counts, findings, rulesLost, scrub }: Integrity): string[] {
  const kinds = Object.entries(counts).map(([kind, count]) => `${String(count)} ${kind}`);
  const last = findings.slice(0, shownMax).map(({ when, kind, foundBy, remedy, detail }) => {
    return `${timeText(when)}  ${kind}, ${remedy}, found by the ${foundBy}: ${detail}`;
  });
  return [
    ...(rulesLost === null ? [] : [`RULES MAY BE LOST since ${timeText(rulesLost.when)}: ${rulesLost.detail}`]),
    kinds.length === 0 ? 'nothing was found damaged' : `damaged so far: ${kinds.join(', ')}`,
    scrub.running ? `the scrub has read ${(100 * scrub.progress).toFixed(0)} % of the store` : 'the scrub rests',
    ...last,
  ];
}

function timeText(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString();
}
