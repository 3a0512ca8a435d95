import { z } from 'zod';

import { normalIp } from '@weir/ppspp';
import { limits } from '../limits';

/**
 * An integer, as a number or, as the examples of RFC 7846 section 4.1.1.1 have it, as a string of digits. One above
 * 2^53 - 1 is refused: a number of JavaScript could be another than the one that was sent.
 */
export const integer = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.int()),
]);

const visible = /^[\x21-\x7e]*$/;

/** A name of visible ASCII characters, since it ends in keys, logs and labels. */
function name(charsMax: number) {
  return z.string().min(1).max(charsMax).regex(visible);
}

/** RFC 7846 gives a swarm ID no form. Ours are hex (RFC 7574), which has two cases: lower case is the one compared. */
export const swarmId = name(limits.swarmIdCharsMax).transform((id) => (/^[\da-f]+$/i.test(id) ? id.toLowerCase() : id));

/** RFC 7846 gives a peer ID no form; it is compared as it is. */
export const peerId = name(limits.peerIdCharsMax);

/** Chosen by the peer, echoed by the tracker. */
export const transactionId = name(limits.transactionIdCharsMax);

/** `asn` and `peer_protocol`. */
export const label = name(limits.labelCharsMax);

/** An array, whatever is in it, or what stands in the place of one. Without the looks of `z.array` at each element. */
const elements = z.preprocess(inArray, z.custom<readonly unknown[]>(Array.isArray));

function inArray(value: unknown): unknown {
  return value === undefined || Array.isArray(value) ? value : [value];
}

/**
 * `<1..*>`: an array, or the object alone where RFC 7846's examples leave the array out. Bounded: more is refused, since the
 * answer to a request could not be for all of it. Nothing is looked at beyond the bound, or beyond what is malformed.
 */
export function oneOrMany<Item extends z.ZodType>(item: Item, max: number) {
  return elements
    .refine(({ length }) => length > 0 && length <= max)
    .transform((listed, context) => {
      const read: z.output<Item>[] = [];
      for (const element of listed) {
        const result = item.safeParse(element);
        if (!result.success) {
          context.addIssue({ code: 'custom', message: 'a malformed element' });
          return z.NEVER;
        }
        read.push(result.data);
      }
      return read;
    });
}

/**
 * As `oneOrMany`, for what a tracker lists: an element that is malformed, or beyond the bound, is left out, since one
 * odd peer must not cost us the others. May be empty.
 */
export function readableOf<Item extends z.ZodType>(item: Item, max: number) {
  return elements.transform((listed) => {
    const read: z.output<Item>[] = [];
    for (const element of listed.slice(0, max)) {
      const result = item.safeParse(element);
      if (result.success) read.push(result.data);
    }
    return read;
  });
}

const addressTypes = ['HOST', 'REFLEXIVE', 'PROXY'] as const;
const connections = ['wireless', 'wired'] as const;

/** `ppsp_tp_peer_addr_t`: one network interface of a peer. RFC 7846 section 3.2.4. */
export interface PeerAddress {
  /** Textual and normalised, as `Address` of the peer protocol has it. */
  readonly ip: string;
  /** 1 to 65535. */
  readonly port: number;
  /** The larger the value, the higher the priority (RFC 7846 table 3). */
  readonly priority: number;
  readonly type: (typeof addressTypes)[number];
  readonly connection?: (typeof connections)[number] | undefined;
  readonly asn?: string | undefined;
  readonly peerProtocol?: string | undefined;
}

const required = {
  ip_address: z.object({ address_type: z.enum(['ipv4', 'ipv6']), address: z.string() }),
  port: integer.pipe(z.number().min(1).max(65_535)),
  priority: integer,
  type: z.enum(addressTypes).default('HOST'),
};
const optional = { connection: z.enum(connections).optional(), asn: label.optional(), peer_protocol: label.optional() };
const whereReadable = {
  connection: optional.connection.catch(undefined),
  asn: optional.asn.catch(undefined),
  peer_protocol: optional.peer_protocol.catch(undefined),
};

/**
 * Reads `peer_addr` of a request. `type` is mandatory, and missing in the example of section 4.1.1.1: an address without
 * one is taken for a HOST's. The family is the one of `address`, and `address_type` must not say otherwise.
 */
export const peerAddress = z.object({ ...required, ...optional }).transform(normalAddress);

/** Reads `peer_addr` of a response: where only what is optional cannot be read, there is still somebody to call. */
export const listedAddress = z.object({ ...required, ...whereReadable }).transform(normalAddress);

function normalAddress(
  wire: z.output<z.ZodObject<typeof required & typeof optional>>,
  context: z.RefinementCtx,
): PeerAddress {
  const { address, address_type: family } = wire.ip_address;
  const ip = normalIp(address);
  if (ip === undefined || address.includes(':') !== (family === 'ipv6')) {
    context.addIssue({ code: 'custom', message: 'no such address' });
    return z.NEVER;
  }
  const { port, priority, type, connection, asn, peer_protocol: peerProtocol } = wire;
  return { ip, port, priority, type, connection, asn, peerProtocol };
}

/** Writes `peer_addr` as section 3.2.4 defines it. Members that are undefined are left out by `JSON.stringify`. */
export function writePeerAddress({ ip, port, priority, type, ...rest }: PeerAddress) {
  return {
    ip_address: ip.includes(':')
      ? ({ address_type: 'ipv6', address: ip } as const)
      : ({ address_type: 'ipv4', address: ip } as const),
    port,
    priority,
    type,
    connection: rest.connection,
    asn: rest.asn,
    peer_protocol: rest.peerProtocol,
  };
}
