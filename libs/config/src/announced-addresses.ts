import { z } from 'zod';
import type { AnnouncedAddressConfig } from './config';
import { type HostPort, parseIpPort } from './host-port';
import type { Parsed } from './parsed';
import { autonomousSystem, list, parsed, whole } from './schema-values';
import { audience } from './tracker-entries';

/** As many as a tracker reads of one peer (`addressesPerPeerMax` of libs/ppstp). */
const addressesMax = 8;
const priorityMax = 65_535;

const types = ['HOST', 'REFLEXIVE', 'PROXY'] as const;
const connections = ['wired', 'wireless'] as const;

/** Other peers have to be able to send there: no name, no wildcard, no port that the system chooses. */
function parseReachable(written: string): Parsed<HostPort> {
  const outcome = parseIpPort(written);
  const isReachable =
    'value' in outcome && outcome.value.port > 0 && !/^(?:0\.0\.0\.0|[0:]+)$/.test(outcome.value.host);
  return isReachable
    ? outcome
    : { remedy: 'write IP:PORT or [IPV6]:PORT that peers reach us at, such as 198.51.100.10:6778' };
}

/** Where peers are told that we are: a list of mappings, or of addresses alone. */
export const addressesSchema = list(
  z.preprocess(
    (entry) => (typeof entry === 'string' ? { address: entry } : entry),
    z
      .strictObject({
        address: parsed(parseReachable),
        for: audience.optional(),
        priority: whole(0, priorityMax).optional(),
        type: z.enum(types, { error: `write one of ${types.join(', ')}` }).optional(),
        connection: z.enum(connections, { error: 'write wired or wireless' }).optional(),
        asn: autonomousSystem.optional(),
      })
      .transform(({ address, ...rest }): AnnouncedAddressConfig => ({ ip: address.host, port: address.port, ...rest })),
  ),
  addressesMax,
);
