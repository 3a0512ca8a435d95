import { z } from 'zod';
import type { IntegrityReport } from '@weir/peer';

const time = (description: string) => z.number().nullable().describe(`${description}, in Unix seconds.`);

const pass = z
  .object({
    began: z.number().describe('Unix seconds.'),
    ended: time('Null while it goes on'),
    bytes: z.number(),
    extents: z.number(),
    damaged: z.number().describe('Findings of damage.'),
  })
  .meta({ id: 'ScrubPass', description: 'One reading of all of the store.' });

const finding = z
  .object({
    when: z.number().describe('Unix seconds.'),
    kind: z.string().describe('What is damaged: pages, record, counter, rules, extent, hashes, overflow, unreadable.'),
    foundBy: z.string().describe('start, read or scrub.'),
    remedy: z
      .string()
      .describe('What became of it: erased, mended, restored, rolled-back, set-aside, begun-anew or lost.'),
    detail: z.string(),
    swarmId: z.string().nullable(),
    extent: z.number().nullable(),
  })
  .meta({
    id: 'DamageFinding',
    description: 'Damage to the store that was found, and what was done. It was not served.',
  });

/** Answer of `GET /v1/integrity`: whether the disk gives back what was written. */
export const integrityView = z
  .object({
    counts: z.record(z.string(), z.number()).describe('Damage ever found in this store, by kind.'),
    findings: z.array(finding).describe('The last of them, the newest first.'),
    rulesLost: z
      .object({ when: z.number().describe('Unix seconds.'), detail: z.string() })
      .nullable()
      .describe(
        'Rules may be lost, blocks among them, until DELETE /v1/integrity/rules-lost says that they are restored.',
      ),
    scrub: z.object({
      running: z.boolean(),
      progress: z.number().describe('Of the pass that goes on, 0 to 1: an estimate.'),
      bytesChecked: z.number().describe('In the pass that goes on.'),
      pass: pass.nullable().describe('The pass that goes on.'),
      lastPass: pass.nullable(),
    }),
    inspection: z
      .object({
        verdict: z.string().describe('whole; previous: the transaction before the last; damaged; empty.'),
        pagesRead: z.number(),
        seconds: z.number(),
      })
      .nullable()
      .describe('What the inspection of the data file found at the last start of the store; null if there was none.'),
  })
  .meta({ id: 'IntegrityView' });

/** Whether the disk gives back what was written: ours to keep stable. */
export type IntegrityView = z.output<typeof integrityView>;

/** What the appliance reports, as the API tells it. */
export function integrityViewOf({ counts, findings, rulesLost, scrub, inspection }: IntegrityReport): IntegrityView {
  const { running, progress, bytesChecked } = scrub;
  return {
    counts: { ...counts },
    findings: [...findings].reverse().map(({ swarmId, extent, ...rest }) => ({
      ...rest,
      swarmId: swarmId ?? null,
      extent: extent ?? null,
    })),
    rulesLost: rulesLost ? { when: rulesLost.when, detail: rulesLost.detail } : null,
    scrub: { running, progress, bytesChecked, pass: passOf(scrub.pass), lastPass: passOf(scrub.lastPass) },
    inspection: inspection
      ? { verdict: inspection.verdict, pagesRead: inspection.pagesRead, seconds: inspection.seconds }
      : null,
  };
}

function passOf(one: IntegrityReport['scrub']['pass']): IntegrityView['scrub']['pass'] {
  return one === undefined ? null : { ...one, ended: one.ended ?? null };
}
