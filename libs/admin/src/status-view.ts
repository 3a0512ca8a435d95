import { z } from 'zod';

/** A condition for traffic that does not hold, why, and what to do about it. */
export const unmetCondition = z
  .object({ name: z.string(), reason: z.string(), remedy: z.string() })
  .meta({ id: 'UnmetCondition', description: 'A condition for traffic that does not hold.' });

const bytes = (description: string) => z.number().describe(description);

/** Answer of `GET /v1/status`. Counts are since the start. */
export const statusView = z
  .object({
    version: z.string(),
    uptimeSeconds: z.number(),
    ready: z.boolean().describe('Whether subscribers can be served; if not, unmet says why.'),
    unmet: z.array(unmetCondition),
    addresses: z.array(z.string()).describe('Where peers reach us, as IP:PORT or [IPV6]:PORT.'),
    channels: z.number().describe('Channels open to peers (RFC 7574 section 3.11), subscribers and external ones.'),
    byteHitRatio: z
      .number()
      .nullable()
      .describe('hitBytes of all that subscribers asked for, 0 to 1; null while nobody has asked for anything.'),
    byteHitRatioEstimate: z
      .number()
      .nullable()
      .describe(
        'An estimate: hitBytes of all that subscribers asked for here and of passedBytesEstimate, 0 to 1; null while nobody has asked for anything.',
      ),
    passedBytesEstimate: bytes(
      'An estimate: content bytes that subscribers fetched past us, on intercepted flows that were passed on.',
    ),
    intercept: z
      .object({
        enabled: z.boolean().describe('Whether interception is configured.'),
        diverting: z.boolean().describe('Whether new flows of subscribers are diverted now.'),
        popular: z
          .array(z.object({ swarmId: z.string(), score: z.number() }))
          .describe(
            'Swarms that subscribers asked intercepted trackers for most. A request counts 1, half as much after each hour.',
          ),
        epochSeconds: z.number().nullable().describe('Seconds since that began; null while nothing is diverted.'),
      })
      .describe("Interception of subscribers' flows."),
    store: z
      .object({
        condition: z
          .enum(['working', 'loading', 'slow', 'down'])
          .describe(
            'loading: not all that is stored is listed yet, right after a start. slow, down: nothing is stored, and little or nothing of it served.',
          ),
        code: z.string().nullable().describe('Of the error that took it down; null if it is not down.'),
        reason: z.string().nullable().describe('What is wrong; null while nothing is.'),
      })
      .describe('How the store does.'),
    cacheInBytes: bytes('Content bytes fetched from external peers.'),
    cacheOutBytes: bytes('Content bytes served to subscribers.'),
    hitBytes: bytes('Content bytes that subscribers asked for and that were in the store.'),
    missBytes: bytes('Content bytes that subscribers asked for and that were not.'),
    storedBytes: bytes('Bytes that the store takes on disk.'),
    capacityBytes: bytes('Bytes that it may take.'),
    usableBytes: bytes('Of capacityBytes those that it may take as the disk is now, so that 5 % of that stay free.'),
  })
  .meta({ id: 'StatusView' });

/** Answer of `GET /v1/status`: ours to keep stable, whatever the core does. */
export type StatusView = z.output<typeof statusView>;
