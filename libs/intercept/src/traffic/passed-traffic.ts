import type { Count } from '../kernel/inspect';
import { families, passedCounter, type Family } from '../rules/names';

/** Content bytes, and the bytes of the UDP payloads that carried them. */
export interface Wire {
  readonly contentBytes: number;
  readonly payloadBytes: number;
}

/** Bytes of an IP header without options and of a UDP header. */
const headerBytes = { ipv4: 28, ipv6: 48 } as const;

/** Chunks of 1 KiB, their headers, and one hash of 32 bytes for each: until something was served that can be measured. */
const usualShare = 0.94;

/** Payload bytes from which on a measured share is believed. */
const measuredBytesMin = 1_000_000;

/**
 * How many content bytes subscribers fetched past us. An estimate: the kernel counts packets of flows that began with a
 * HANDSHAKE; their UDP payload is taken to carry content in the same proportion as what we serve ourselves.
 */
export class PassedTraffic {
  private estimate = 0;
  private last: Readonly<Record<string, Count>> = {};

  /** Content bytes, since the start. Never falls. */
  get contentBytes(): number {
    return Math.round(this.estimate);
  }

  /** Takes a reading of the kernel's counters, and what was served so far. Answers what each counter has grown by. */
  read(counters: Readonly<Record<string, Count>>, served: Wire): Readonly<Record<string, Count>> {
    const grown = Object.fromEntries(
      Object.entries(counters).map(([name, count]): [string, Count] => [name, growth(this.last[name], count)]),
    );
    this.last = counters;
    const payload = families.reduce(
      (sum, family) => sum + payloadOf(grown[passedCounter('content', 'down', family)], family),
      0,
    );
    this.estimate += payload * contentShare(served);
    return grown;
  }
}

/** What is replaced begins at nothing: then all that it shows is new. */
function growth(before: Count | undefined, now: Count): Count {
  if (before === undefined || now.packets < before.packets || now.bytes < before.bytes) return now;
  return { packets: now.packets - before.packets, bytes: now.bytes - before.bytes };
}

function payloadOf(count: Count | undefined, family: Family): number {
  return count === undefined ? 0 : Math.max(count.bytes - count.packets * headerBytes[family], 0);
}

function contentShare({ contentBytes, payloadBytes }: Wire): number {
  return payloadBytes < measuredBytesMin ? usualShare : Math.min(contentBytes / payloadBytes, 1);
}
