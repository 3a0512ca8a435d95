import { hashBytes, hashFunctions } from '@weir/ppspp';
import { z } from 'zod';

/** The remedy of a swarm ID that is none. */
export const swarmIdRemedy = 'write the swarm ID in lower-case hex, as many digits as its hash has: 64 of SHA-256';

const lengths = hashFunctions.map((hash) => `[0-9a-f]{${2 * hashBytes[hash]}}`);

/** The digits of a swarm ID of static content: a Merkle root, RFC 7574 section 5.1. */
export const swarmId = z
  .string({ error: swarmIdRemedy })
  .regex(new RegExp(`^(?:${lengths.join('|')})$`), { error: swarmIdRemedy })
  .meta({ id: 'SwarmId', description: 'Lower-case hex of the swarm ID: as many digits as its hash has.' });
