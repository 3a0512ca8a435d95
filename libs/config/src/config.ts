import type { NetworkOrigin } from './asn-file';
import type { HostPort } from './host-port';
import type { FetchConfig } from './link-rates';
import type { PortRange } from './port-range';
import type { Prefix } from './prefix';
import type { Secret } from './secret';

/** How much is logged: each level includes those before it. `silent` logs nothing. */
export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** Nothing; plain addresses in private networks; what membership certificates prove. */
export const peerExchanges = ['off', 'private', 'certificates'] as const;

/** One of `peerExchanges`. */
export type PeerExchange = (typeof peerExchanges)[number];

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

/** What may carry the datagrams: `auto` is native sockets where they are built, else node:dgram. */
export const portChoices = ['auto', 'native', 'node'] as const;

/** One of `portChoices`. */
export type PortChoice = (typeof portChoices)[number];

/** What an operator decides, checked and frozen. The keys are those of the file; `settings.ts` has the defaults. */
export interface WeirConfig {
  readonly ppspp: {
    /** UDP addresses at which peers are answered. */
    readonly listen: readonly HostPort[];
    /** Swarms that nobody knew before and that one subscriber may have opened within any minute. */
    readonly newSwarmsPerMinute: number;
    /** What external peers are told of one another, and believed of it (RFC 7574 section 3.10). */
    readonly peerExchange: PeerExchange;
    /** File of the authority whose membership certificates are believed, in PEM; empty if there is none. */
    readonly membershipCa: string;
  };
  readonly upload: {
    /** Peers that are sent chunks at a time; those beyond wait for their turn (CHOKE, RFC 7574 section 3.9). */
    readonly slots: number;
    /** Bytes that one peer is sent in a second at most, whatever it acknowledges. */
    readonly peerRateMax: number;
    /** Milliseconds of queueing delay that LEDBAT settles at (TARGET, RFC 6817 section 2.5). */
    readonly delayTarget: number;
    /** Differentiated services code point of all that is sent (RFC 2474 section 3). */
    readonly dscp: number;
  };
  /** What is granted of the outside link. */
  readonly fetch: FetchConfig;
  readonly admin: {
    /** Where the admin API, health and metrics are served. */
    readonly listen: HostPort;
    /** What who asks has to send; undefined for nothing, on loopback alone. */
    readonly token: Secret | undefined;
    /** Names by which it may be asked for, in lower case, beside addresses and `localhost`. */
    readonly hosts: readonly string[];
  };
  readonly store: {
    /** The folder of the database. */
    readonly path: string;
    /** Bytes the store may take on disk. */
    readonly capacity: number;
    /** Bytes of memory for what has yet to prove that it is wanted; 0: everything is written. */
    readonly probationMemory: number;
    /** Bytes of it that are read and checked in a second, in the background; 0: only when it is asked for. */
    readonly scrubRate: number;
  };
  readonly cache: {
    /** Whether only a second subscriber's request proves that something is wanted, not the first one's second. */
    readonly secondSubscriber: boolean;
    /** Share of the capacity that one swarm may hold. */
    readonly swarmShare: number;
  };
  readonly trace: {
    /** The folder of traces of what subscribers ask for, with pseudonyms; empty: nothing is recorded. */
    readonly path: string;
    /** Bytes that all traces in the folder may have together. */
    readonly bytesMax: number;
  };
  /** Trackers (RFC 7846) at which the appliance registers. */
  readonly trackers: readonly TrackerConfig[];
  /** Where subscribers are; every other address is external. */
  readonly subscribers: readonly Prefix[];
  /** Which external peers are asked first, and which never. */
  readonly peers: PeersConfig;
  readonly registration: {
    /** Seconds between two STAT_REPORTs to a tracker (RFC 7846 section 4.1.3). */
    readonly reportInterval: number;
    /** Where trackers are told that peers reach us; none: where `ppspp.listen` is reached. */
    readonly addresses: readonly AnnouncedAddressConfig[];
    /** Bits a second that may be served in all; 0: unknown, and trackers are told of none that is left. */
    readonly uplink: number;
  };
  readonly datapath: {
    /** Threads that move datagrams: each swarm belongs to one of them. */
    readonly threads: number;
    /** What carries the datagrams. */
    readonly port: PortChoice;
  };
  readonly intercept: InterceptConfig;
  readonly swarms: {
    /** Swarm IDs in lower-case hex that are served; none: all are. */
    readonly allowed: readonly string[];
    /** Swarm IDs in lower-case hex that are never served, whatever is allowed. */
    readonly blocked: readonly string[];
  };
  readonly log: {
    readonly level: LogLevel;
  };
}

/** What is diverted on its way through this machine. */
export interface InterceptConfig {
  readonly enabled: boolean;
  /** Interfaces that subscribers' packets come in by. */
  readonly inside: readonly string[];
  /** Interfaces that the Internet's packets come in by; none: all others. */
  readonly outside: readonly string[];
  /** Subscribers whose packets are left alone. */
  readonly exemptSubscribers: readonly Prefix[];
  /** Destinations to which packets are left alone. */
  readonly exemptDestinations: readonly Prefix[];
  /** UDP ports at which peers are expected; none: any, by recognising the HANDSHAKE. */
  readonly ports: readonly PortRange[];
  /** UDP ports to which packets are left alone. */
  readonly exemptPorts: readonly PortRange[];
  /** The first datapath thread takes what is diverted at this UDP port, the others at those that follow. */
  readonly udpPort: number;
  /** Where diverted TCP connections to trackers are taken. */
  readonly tcpPort: number;
  /** Flows that may begin to be diverted within a second; more of them pass. */
  readonly newFlowsPerSecond: number;
  /** Trackers that speak plain HTTP and whose answers name this appliance first. */
  readonly trackers: readonly HostPort[];
}

/** Which external peers are asked first, and which never. */
export interface PeersConfig {
  /** Appliances of the same operator: asked first, and served. */
  readonly siblings: readonly Prefix[];
  /** Networks whose peers are asked before others. */
  readonly near: readonly Prefix[];
  /** Our own autonomous system, whose peers are near; 0: none is known. */
  readonly asn: number;
  /** The file that tells which network is in which autonomous system; empty if there is none. */
  readonly asnFile: string;
  /** Networks whose peers are never asked. */
  readonly forbidden: readonly Prefix[];
  /** Autonomous systems whose peers are never asked. */
  readonly forbiddenAsns: readonly number[];
  /** Of the file: the networks of those systems, and what within them is another's. The longest prefix counts. */
  readonly networks: readonly NetworkOrigin[];
}

/** Whom a tracker is there for, or who is told of an address. */
export type Audience = 'subscribers' | 'everyone';

/** Where peers reach us, and what trackers are told of it (RFC 7846 section 3.2.4). */
export interface AnnouncedAddressConfig {
  readonly ip: string;
  readonly port: number;
  /** Left out: whoever asks, as far as no other address is for him alone. */
  readonly for?: Audience | undefined;
  /** The larger the value, the higher the priority. */
  readonly priority?: number | undefined;
  readonly type?: 'HOST' | 'REFLEXIVE' | 'PROXY' | undefined;
  readonly connection?: 'wired' | 'wireless' | undefined;
  readonly asn?: number | undefined;
}

/** One tracker to register at. */
export interface TrackerConfig {
  /** `http:` or `https:`, in the form the platform prints. */
  readonly url: string;
  /** Of its group, those of the lowest tier are used, the next while none of them answers. */
  readonly tier: number;
  /** Trackers that can stand in for each other. */
  readonly group: string;
  /** Which of our addresses it is told. */
  readonly serve: Audience;
  /** For HTTP Digest (RFC 7616). */
  readonly credentials: { readonly username: string; readonly password: Secret } | undefined;
  /** In PEM: whom we trust there, and who we are. */
  readonly tls:
    | { readonly ca: string | undefined; readonly certificate: string | undefined; readonly key: Secret | undefined }
    | undefined;
}
