import { z } from 'zod';
import { adminSchema } from './admin-schema';
import { addressesSchema } from './announced-addresses';
import { logLevels, peerExchanges, portChoices, type WeirConfig } from './config';
import { parseIpPort } from './host-port';
import { divertedPorts, interceptSchema, swarmsSchema } from './intercept-schema';
import { peersSchema } from './peers-schema';
import { parsePrefix } from './prefix';
import { parseBackgroundRate, parseLinkRate, parseLinkWindow } from './link-rates';
import { bitRate, bytes, list, parsed, rateOf, text, whole } from './schema-values';
import { cacheSchema, storeSchema, traceSchema } from './store-schema';
import { trackersSchema } from './tracker-entries';

/** Each entry is a socket that each datapath thread polls. */
const listenMax = 16;
/** Each prefix is compared with the address of each new peer. */
const subscribersMax = 4096;
/** Each of a subscriber's new swarms is remembered for a minute. */
const newSwarmsMax = 1000;
/** Every channel that may be open. */
const slotsMax = 65_536;
/** A thread's number is in the upper four bits of its channel IDs. */
const threadsMax = 16;
/** Six bits: RFC 2474 section 3. */
const dscpMax = 63;
/** Ten minutes: no player keeps more in its buffer. */
const readAheadMax = 600;
/** More than a day has quarters of an hour; each is looked at once a second. */
const windowsMax = 96;
/** A few datagrams a second: less is a way to serve nobody. */
const peerRateMin = 16_000;
/** RFC 6817 section 2.5: TARGET is 100 milliseconds or less. */
const delayTargetMax = 100;
/** A tracker's clock ticks in minutes: more often is load without use, less often and it forgets us. */
const reportIntervalMin = 1;
const reportIntervalMax = 3600;

const reportRemedy = `write seconds from ${reportIntervalMin} to ${reportIntervalMax}`;
const reportInterval = z
  .number({ error: reportRemedy })
  .min(reportIntervalMin, { error: reportRemedy })
  .max(reportIntervalMax, { error: reportRemedy });

const peerRateMax = bytes.pipe(z.number().min(peerRateMin, { error: 'write at least 16kB, bytes for each second' }));

const slots = whole(1, slotsMax);
const delayTarget = whole(1, delayTargetMax);

const newSwarmsPerMinute = whole(1, newSwarmsMax);

const peerExchange = z.enum(peerExchanges, { error: `write one of ${peerExchanges.join(', ')}` });

const threads = whole(1, threadsMax);
const dscp = whole(0, dscpMax);

const port = z.enum(portChoices, { error: `write one of ${portChoices.join(', ')}` });

const sections = z.strictObject({
  ppspp: z
    .strictObject({
      listen: list(parsed(parseIpPort), listenMax).min(1, { error: 'name at least one' }),
      newSwarmsPerMinute,
      peerExchange,
      membershipCa: text('write the path of a file in PEM, or nothing'),
    })
    .refine((ppspp) => ppspp.peerExchange !== 'certificates' || ppspp.membershipCa !== '', {
      path: ['membershipCa'],
      error: 'ppspp.peerExchange is certificates: write the path of their authority, a file in PEM',
    }),
  upload: z.strictObject({ slots, peerRateMax, delayTarget, dscp }),
  fetch: z.strictObject({
    rate: rateOf(parseLinkRate),
    backgroundRate: rateOf(parseBackgroundRate),
    peerRate: rateOf(parseLinkRate),
    readAhead: whole(1, readAheadMax),
    schedule: list(parsed(parseLinkWindow), windowsMax),
  }),
  admin: adminSchema,
  store: storeSchema,
  cache: cacheSchema,
  trace: traceSchema,
  trackers: trackersSchema,
  subscribers: list(parsed(parsePrefix), subscribersMax),
  peers: peersSchema,
  registration: z.strictObject({ reportInterval, addresses: addressesSchema, uplink: bitRate }),
  datapath: z.strictObject({ threads, port }).refine((datapath) => datapath.port !== 'node' || datapath.threads === 1, {
    path: ['threads'],
    error: 'datapath.port is node: write 1, since several threads need native sockets',
  }),
  intercept: interceptSchema,
  swarms: swarmsSchema,
  log: z.strictObject({ level: z.enum(logLevels, { error: `write one of ${logLevels.join(', ')}` }) }),
});

/** Whether what is diverted is taken at this port, or may be with more threads. */
function takesDiverted({ intercept: { udpPort } }: WeirConfig, port: number): boolean {
  return port >= udpPort && port < udpPort + divertedPorts;
}

/** From what an operator wrote, merged and complete, to the configuration. Unknown keys are refused. */
export const schema: z.ZodType<WeirConfig> = sections
  .refine(({ intercept, subscribers }) => !intercept.enabled || subscribers.length > 0, {
    path: ['subscribers'],
    error: 'intercept.enabled is true: name the prefixes of the subscribers, such as 100.64.0.0/10',
  })
  .refine(({ intercept, datapath }) => !intercept.enabled || datapath.port !== 'node', {
    path: ['datapath', 'port'],
    error: 'intercept.enabled is true, and node:dgram has no transparent sockets: write auto or native',
  })
  .refine(
    (config) => !config.intercept.enabled || !config.ppspp.listen.some(({ port }) => takesDiverted(config, port)),
    {
      path: ['intercept', 'udpPort'],
      error: `none of the ${divertedPorts} ports from this on may be one of ppspp.listen: write another`,
    },
  )
  .refine(({ intercept, admin }) => !intercept.enabled || intercept.tcpPort !== admin.listen.port, {
    path: ['intercept', 'tcpPort'],
    error: 'this is the port of admin.listen: write another',
  });
