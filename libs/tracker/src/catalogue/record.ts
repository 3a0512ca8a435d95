import { chunkAddressings, hashFunctions, limits as protocolLimits } from '@weir/ppspp';
import { everySwarm, limits as messageLimits, type SwarmAccess } from '@weir/ppstp';
import { z } from 'zod';
import { limits } from './limits';

const swarmIdRemedy = `write 1 to ${messageLimits.swarmIdCharsMax} visible ASCII characters, as the hex of a swarm ID`;

/** A swarm ID as PPSTP has it: any visible characters; hex, which has two cases, in lower case. */
export const swarmId = z
  .string({ error: swarmIdRemedy })
  .max(messageLimits.swarmIdCharsMax, { error: swarmIdRemedy })
  .regex(/^[\x21-\x7e]+$/, { error: swarmIdRemedy })
  .transform((id) => (/^[\da-f]+$/i.test(id) ? id.toLowerCase() : id));

/** A swarm ID to publish: any but the one that stands for all swarms in a grant. */
export const publishedSwarmId = swarmId.refine((id) => id !== everySwarm, {
  error: 'name one swarm: * stands for every one in grants alone',
});

const principalRemedy = `write 1 to ${limits.principalCharsMax} characters, as the user or the certificate is named`;

/** The name of a principal: what HTTP proved a peer to be. */
export const principalName = z
  .string({ error: principalRemedy })
  // One name has several forms; Digest compares in this one (RFC 7616 section 4).
  .normalize('NFC')
  .max(limits.principalCharsMax, { error: principalRemedy })
  .regex(/^\P{C}+$/u, { error: principalRemedy })
  .meta({ id: 'Principal', description: 'A user of HTTP Digest, or the name in a client certificate.' });

/** Who may join: everyone, or principals that have a grant. */
const swarmAccesses = ['open', 'closed'] as const satisfies readonly SwarmAccess[];

const { chunkSizeMin, chunkSizeMax } = protocolLimits;

/** What whoever fetches a swarm must know of it beside its ID. RFC 7574 section 3.1. */
export const swarmForm = z
  .strictObject({
    hash: z.enum(hashFunctions, { error: `write one of ${hashFunctions.join(', ')}` }),
    addressing: z.enum(chunkAddressings, { error: `write one of ${chunkAddressings.join(', ')}` }),
    chunkSize: z
      .int({ error: `write ${chunkSizeMin} to ${chunkSizeMax}` })
      .min(chunkSizeMin, { error: `write ${chunkSizeMin} to ${chunkSizeMax}` })
      .max(chunkSizeMax, { error: `write ${chunkSizeMin} to ${chunkSizeMax}` })
      .describe('Bytes of every chunk but the last.'),
    contentBytes: z
      .int({ error: 'write a number of bytes' })
      .nonnegative()
      .optional()
      .describe('Bytes of the content.'),
  })
  .meta({ id: 'SwarmForm', description: 'What a handshake in the swarm states: its addresses are proven by one.' });

/** What a provider says of a swarm. */
export const publication = z
  .strictObject(
    {
      access: z
        .enum(swarmAccesses, { error: 'write open or closed' })
        .describe('open: everyone may join. closed: only principals with a grant.'),
      title: z
        .string({ error: 'write a line of text' })
        .max(limits.titleCharsMax, { error: `write ${limits.titleCharsMax} characters at most` })
        .optional()
        .describe('For people.'),
      metadata: swarmForm.optional(),
    },
    {
      error: ({ code }) => (code === 'unrecognized_keys' ? 'there are access, title and metadata' : 'write an object'),
    },
  )
  .meta({ id: 'Publication' });

/** What a provider says of a swarm. */
export type Publication = z.output<typeof publication>;

/** What the catalogue keeps of a swarm. Withdrawn is not forgotten: peers go on asking for it. */
export const catalogueEntry = z.object({
  access: z.enum([...swarmAccesses, 'withdrawn']),
  title: z.string().optional(),
  metadata: swarmForm.optional(),
  /** Unix milliseconds of the last change. */
  changedAt: z.number(),
});

/** One swarm of the catalogue. */
export type CatalogueEntry = z.output<typeof catalogueEntry>;

/** Who may join a closed swarm; with `everySwarm`, all of them. */
export interface Grant {
  readonly swarmId: string;
  readonly principal: string;
}
