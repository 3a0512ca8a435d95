import { z } from 'zod';
import { networksOf, readAsnFile } from './asn-file';
import type { PeersConfig } from './config';
import { parsePrefix } from './prefix';
import { autonomousSystem, list, parsed, text } from './schema-values';

/** As many as subscribers: each is looked up, not compared. */
const prefixesMax = 4096;
/** A list by hand; whoever forbids most of the Internet names its few peers as subscribers instead. */
const systemsMax = 1024;

const prefixes = list(parsed(parsePrefix), prefixesMax);

/** No autonomous system. */
const none = z.union([z.literal(0), z.literal('0')]).transform((): number => 0);

const written = z.strictObject({
  siblings: prefixes,
  near: prefixes,
  asn: z.union([none, autonomousSystem], { error: 'write the number of an autonomous system, such as 64500, or 0' }),
  asnFile: text('write the path of a file of lines PREFIX,ASN, or nothing'),
  forbidden: prefixes,
  forbiddenAsns: list(autonomousSystem, systemsMax),
});

/** The section `peers`. Of the table of networks, what tells own and forbidden systems apart is kept. */
export const peersSchema = written.transform((section, context): PeersConfig => {
  const { asn, asnFile, forbiddenAsns } = section;
  if (asnFile === '') return { ...section, networks: [] };
  const report = (message: string): void =>
    context.addIssue({ code: 'custom', path: ['asnFile'], message, input: asnFile });
  const systems = new Set(asn === 0 ? forbiddenAsns : [asn, ...forbiddenAsns]);
  if (systems.size === 0)
    report('neither peers.asn nor peers.forbiddenAsns names an autonomous system: name one, or leave this out');
  const table = readAsnFile(asnFile);
  if ('remedy' in table) report(table.remedy);
  return { ...section, networks: 'value' in table ? networksOf(table.value, systems) : [] };
});
