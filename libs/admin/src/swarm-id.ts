import { hashBytes } from '@weir/ppspp';
import { z } from 'zod';

/** The remedy of a swarm ID that is none. */
export const swarmIdRemedy = 'write the swarm ID in lower-case hex: 64 digits, or 40 of a SHA-1 hash';

/** The digits of a swarm ID of static content: a Merkle root, RFC 7574 section 5.1. */
export const swarmId = z
  .string({ error: swarmIdRemedy })
  .regex(new RegExp(`^(?:[0-9a-f]{${2 * hashBytes.sha1}}|[0-9a-f]{${2 * hashBytes.sha256}})$`), {
    error: swarmIdRemedy,
  })
  .meta({ id: 'SwarmId', description: 'Lower-case hex of the swarm ID: 64 digits, or 40 of a SHA-1 hash.' });
