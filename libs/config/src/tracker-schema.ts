import { parsePrefix } from '@weir/ppspp';
import { join } from 'node:path';
import { z } from 'zod';
import { parseIpPort } from './host-port';
import type { Parsed } from './parsed';
import { list, parsed, text, whole } from './schema-values';
import type { TrackerServerConfig, TrackerTlsConfig } from './tracker-server-config';

/** Each group is compared with each registering peer. */
const superNodesMax = 256;
/** Each prefix is compared with each registering peer, or each new connection. */
const prefixesMax = 4096;
/** Names that an admin side goes by. */
const hostsMax = 64;
/** A peer that is silent for a day is gone. */
const peerTimeoutMax = 86_400;
/** More fits into no process. */
const heldMax = 16_777_216;
/** Descriptors of one process, and a rate that is as good as none. */
const ratesMax = 1_000_000;

/** Checked, and left as it was written. */
function checkedText<T>(parse: (written: string) => Parsed<T>) {
  return parsed((written) => {
    const outcome = parse(written);
    return 'value' in outcome ? { value: written } : outcome;
  });
}

function parseNetwork(written: string): Parsed<string> {
  if (parsePrefix(written) !== undefined) return { value: written };
  return { remedy: 'write an address or a prefix, such as 192.0.2.1 or 192.0.2.0/24 or 2001:db8::/32' };
}

function parsePath(written: string): Parsed<string> {
  const isPath = /^\/[\w./~-]{0,200}$/.test(written);
  return isPath ? { value: written } : { remedy: 'begin with / and use letters, digits and . _ ~ / - after it' };
}

const oneOf = <const Value extends string>(values: readonly Value[]) =>
  z.enum(values, { error: `write one of ${values.join(', ')}` });
const yesOrNo = z.boolean({ error: 'write true or false' });
const place = text('write a path, or nothing').transform((path) => (path === '' ? undefined : path));
const network = checkedText(parseNetwork);
const networks = list(network, prefixesMax);
const address = checkedText(parseIpPort);
const held = whole(1, heldMax).optional();
const rate = whole(1, ratesMax).optional();

const superNodeShape = {
  nodes: networks.min(1, { error: 'name at least one' }),
  subscribers: networks.optional(),
  onlySubscribers: yesOrNo.default(false),
  everySwarm: yesOrNo.default(false),
  address: address.optional(),
};

const superNodeRemedy = `write an address, or ${Object.keys(superNodeShape).join(', ')}`;
const superNode = z.strictObject(superNodeShape, { error: superNodeRemedy });

/** An address or prefix alone, or a group of them. Not a union, which could not say what is wrong with a group. */
const superNodeEntry = z.unknown().transform((written, context) => {
  const outcome = (typeof written === 'string' ? network : superNode).safeParse(written);
  if (outcome.success) return outcome.data;
  for (const issue of outcome.error.issues) {
    const isForeign = issue.code === 'unrecognized_keys';
    const paths = isForeign ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    const message = isForeign ? superNodeRemedy : issue.message;
    for (const path of paths) context.addIssue({ code: 'custom', path, message });
  }
  return z.NEVER;
});

const sections = z.strictObject({
  listen: address,
  path: checkedText(parsePath),
  tls: z.strictObject({
    certificateFile: place,
    keyFile: place,
    selfSigned: yesOrNo,
    clientCaFile: place,
    clientCertificates: oneOf(['off', 'request', 'require']).optional(),
  }),
  authentication: z.strictObject({
    digest: oneOf(['off', 'closed-swarms', 'always']).optional(),
    realm: text('write a name'),
    usersFile: place,
  }),
  trustedProxies: networks,
  superNodes: list(superNodeEntry, superNodesMax),
  subscribers: networks,
  asnFile: place,
  swarms: z.strictObject({ admission: oneOf(['any', 'published']) }),
  stateDirectory: place,
  peerTimeout: z
    .number({ error: `write seconds from 1 to ${String(peerTimeoutMax)}` })
    .min(1, { error: `write seconds from 1 to ${String(peerTimeoutMax)}` })
    .max(peerTimeoutMax, { error: `write seconds from 1 to ${String(peerTimeoutMax)}` }),
  probes: yesOrNo,
  allowLoopback: yesOrNo.optional(),
  membership: z.strictObject({ directory: place, keyFile: place, certificateFile: place }),
  admin: z.strictObject({ listen: address, tokenFile: place, hosts: list(text('write a host name'), hostsMax) }),
  limits: z
    .strictObject({ peers: held, swarms: held, swarmsPerPeer: held, memberships: held, peersPerPrefix: held })
    .extend({ connections: rate, connectionsPerPrefix: rate, connectionsPerSecond: rate })
    .extend({ requestsPerSecond: rate, registrationsPerSecond: rate })
    .default({}),
});

type Sections = z.output<typeof sections>;

/** From what an operator wrote, merged and complete, to what a tracker is told. Unknown keys are refused. */
export const trackerSchema: z.ZodType<TrackerServerConfig> = sections
  .refine(({ tls, stateDirectory }) => !tls.selfSigned || stateDirectory !== undefined, {
    path: ['stateDirectory'],
    error: 'tls.selfSigned is true: write the path of a folder in which the certificate is kept',
  })
  .refine(({ tls: { certificateFile, keyFile } }) => (certificateFile === undefined) === (keyFile === undefined), {
    path: ['tls', 'keyFile'],
    error: 'write both tls.certificateFile and tls.keyFile, or neither',
  })
  .refine(({ tls }) => !tls.selfSigned || tls.certificateFile === undefined, {
    path: ['tls', 'selfSigned'],
    error: 'tls.certificateFile is set: write false, or leave that out',
  })
  .refine(({ tls }) => tls.clientCaFile !== undefined || (tls.clientCertificates ?? 'off') === 'off', {
    path: ['tls', 'clientCaFile'],
    error: 'tls.clientCertificates is set: write the path of the authorities to believe, in PEM',
  })
  .refine(({ tls }) => tls.clientCaFile === undefined || tls.selfSigned || tls.certificateFile !== undefined, {
    path: ['tls', 'certificateFile'],
    error: "tls.clientCaFile is set: write the path of the tracker's own certificate, too",
  })
  .refine(({ authentication: { digest = 'off', usersFile } }) => digest === 'off' || usersFile !== undefined, {
    path: ['authentication', 'usersFile'],
    error: 'authentication.digest is set: write the path of a file of users',
  })
  .transform(({ swarms, peerTimeout, membership, tls, admin, ...same }): TrackerServerConfig => ({
    ...same,
    swarmAdmission: swarms.admission,
    peerTimeoutSeconds: peerTimeout,
    tls: tlsOf(tls, same.stateDirectory),
    admin: admin.tokenFile === undefined && same.stateDirectory === undefined ? undefined : admin,
    membershipDirectory: membership.directory,
    membershipKey: membership.keyFile,
    membershipCertificate: membership.certificateFile,
  }));

function tlsOf(tls: Sections['tls'], stateDirectory: string | undefined): TrackerTlsConfig | undefined {
  const { selfSigned, ...files } = tls;
  if (!selfSigned && files.certificateFile === undefined) return undefined;
  const isMade = selfSigned && stateDirectory !== undefined;
  return { ...files, selfSignedDirectory: isMade ? join(stateDirectory, 'tls') : undefined };
}
