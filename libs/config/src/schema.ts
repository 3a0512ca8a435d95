import { z } from 'zod';
import { parseBytes } from './bytes';
import { logLevels, peerExchanges, portChoices, type WeirConfig } from './config';
import { parseHostPort, parseIpPort } from './host-port';
import { type Parsed } from './parsed';
import { parsePrefix } from './prefix';

/** Each entry is a socket that each datapath thread polls. */
const listenMax = 16;
/** Each tracker is a timer, a connection and a share of the swarms' reports. */
const trackersMax = 16;
/** Each prefix is compared with the address of each new peer. */
const subscribersMax = 4096;
/** Each of a subscriber's new swarms is remembered for a minute. */
const newSwarmsMax = 1000;
/** Below this no swarm of 8 KiB chunks has room for two extents. */
const capacityMin = 1024 ** 2;
/** Every channel that may be open. */
const slotsMax = 65_536;
/** A few datagrams a second: less is a way to serve nobody. */
const peerRateMin = 16_000;
/** RFC 6817 section 2.5: TARGET is 100 milliseconds or less. */
const delayTargetMax = 100;
/** A tracker's clock ticks in minutes: more often is load without use, less often and it forgets us. */
const reportIntervalMin = 1;
const reportIntervalMax = 3600;

const text = (remedy: string) => z.string({ error: remedy });

/** A string that `parse` understands. */
function parsed<T>(parse: (text: string) => Parsed<T>) {
  const remedyOf = (outcome: Parsed<T>) => ('remedy' in outcome ? outcome.remedy : '');
  return text(remedyOf(parse(''))).transform((written, context) => {
    const outcome = parse(written);
    if ('value' in outcome) return outcome.value;
    context.addIssue({ code: 'custom', message: outcome.remedy });
    return z.NEVER;
  });
}

function list<T extends z.ZodType>(item: T, max: number) {
  return z.array(item, { error: 'write a list' }).max(max, { error: `name at most ${max}` });
}

function whole(least: number, most: number) {
  const error = `write a number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

const bytes = z.union([z.string(), z.number().transform(String)], { error: 'write bytes, such as 10GiB' });

const capacityRemedy = 'write at least 1MiB';
const capacity = bytes.pipe(parsed(parseBytes)).pipe(z.number().min(capacityMin, { error: capacityRemedy }));

const reportRemedy = `write seconds from ${reportIntervalMin} to ${reportIntervalMax}`;
const reportInterval = z
  .number({ error: reportRemedy })
  .min(reportIntervalMin, { error: reportRemedy })
  .max(reportIntervalMax, { error: reportRemedy });

const peerRateMax = bytes
  .pipe(parsed(parseBytes))
  .pipe(z.number().min(peerRateMin, { error: 'write at least 16kB, bytes for each second' }));

const slots = whole(1, slotsMax);
const delayTarget = whole(1, delayTargetMax);

const newSwarmsPerMinute = whole(1, newSwarmsMax);

const peerExchange = z.enum(peerExchanges, { error: `write one of ${peerExchanges.join(', ')}` });

const threads = z
  .int({ error: 'write 1' })
  .min(1, { error: 'write 1' })
  .max(1, { error: 'write 1: there is no more than one datapath thread yet' });

const port = z.enum(portChoices, { error: `write one of ${portChoices.join(', ')}` });

/** Credentials would end up in logs and errors; RFC 7846 has none in its URLs. */
function parseTrackerUrl(written: string): Parsed<string> {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const remedy = 'write an http: or https: URL without user and password, such as https://tracker.example/ppstp';
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    return { remedy };
  return { value: url.href };
}

/** From what an operator wrote, merged and complete, to the configuration. Unknown keys are refused. */
export const schema: z.ZodType<WeirConfig> = z.strictObject({
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
  upload: z.strictObject({ slots, peerRateMax, delayTarget }),
  admin: z.strictObject({ listen: parsed(parseHostPort) }),
  store: z.strictObject({
    path: text('write the path of a folder').min(1, { error: 'write the path of a folder' }),
    capacity,
  }),
  trackers: list(z.strictObject({ url: parsed(parseTrackerUrl) }), trackersMax),
  subscribers: list(parsed(parsePrefix), subscribersMax),
  registration: z.strictObject({ reportInterval }),
  datapath: z.strictObject({ threads, port }),
  log: z.strictObject({ level: z.enum(logLevels, { error: `write one of ${logLevels.join(', ')}` }) }),
});
