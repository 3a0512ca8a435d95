import type { SwarmAdmission } from '@weir/ppstp';

/** HTTPS (RFC 7846 section 7.1). TLS 1.2 or later. The files are read anew on SIGHUP, and when they change. */
export interface TlsSettings {
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Instead, for trials: a directory in which a certificate that signs itself is made at the first start. */
  readonly selfSignedDirectory?: string | undefined;
  /** Authorities, in PEM, whose certificates prove who a peer is. */
  readonly clientCaFile?: string | undefined;
  /** Whether peers are asked for a certificate, or cannot do without. Default `off`; `request` with `clientCaFile`. */
  readonly clientCertificates?: ClientCertificates | undefined;
}

/** All values of `ClientCertificates`. */
export const clientCertificates = ['off', 'request', 'require'] as const;

/** Whether clients are asked for a certificate: not at all, or they may have none, or they are refused without. */
export type ClientCertificates = (typeof clientCertificates)[number];

/** All values of `DigestUse`. */
export const digestUses = ['off', 'closed-swarms', 'always'] as const;

/** Where HTTP Digest (RFC 7616) is asked for: nowhere; where a closed swarm needs a name; for each request. */
export type DigestUse = (typeof digestUses)[number];

/** How peers prove who they are by HTTP Digest. */
export interface AuthenticationSettings {
  /** Default `closed-swarms` with a `usersFile`, else `off`. */
  readonly digest?: DigestUse | undefined;
  /** What users are asked for the password of, and part of what the users file holds. Default `weir`. */
  readonly realm?: string | undefined;
  /** Lines of `USER:REALM:HASH`, the hash in hex of SHA-256 over `USER:REALM:PASSWORD`. Read anew as certificates are. */
  readonly usersFile?: string | undefined;
}

/** Caches that the tracker's operator runs, or knows: RFC 6972 section 5.4 calls one a super node. */
export interface SuperNodeSettings {
  /** Addresses or prefixes: a peer that registers from one is such a cache. */
  readonly nodes: readonly string[];
  /** Prefixes of the peers that they are there for. Default: everyone. */
  readonly subscribers?: readonly string[] | undefined;
  /** Whether others are never told of them. Default: others are told of them last. */
  readonly onlySubscribers?: boolean | undefined;
  /** Whether they are named for each swarm, joined or not: they fetch what they are asked for. Default false. */
  readonly everySwarm?: boolean | undefined;
  /** `IP:PORT` to name for each swarm though nobody is registered from there. */
  readonly address?: string | undefined;
}

/** What a tracker may hold and serve. Defaults in `defaultTrackerOptions` and `limits`. */
export interface TrackerLimitSettings {
  readonly peers?: number | undefined;
  readonly swarms?: number | undefined;
  readonly swarmsPerPeer?: number | undefined;
  readonly memberships?: number | undefined;
  /** Connections at a time, and those from one source prefix (IPv4 /24, IPv6 /48). */
  readonly connections?: number | undefined;
  readonly connectionsPerPrefix?: number | undefined;
  /** New connections in a second from one source prefix. */
  readonly connectionsPerSecond?: number | undefined;
  /** Requests in a second from one source prefix, of peers that are known; half of them from any one address. */
  readonly requestsPerSecond?: number | undefined;
  /** New registrations in a second from one source prefix. */
  readonly registrationsPerSecond?: number | undefined;
  /** Registered peers of one source prefix; super nodes' prefixes are exempt. */
  readonly peersPerPrefix?: number | undefined;
}

/** The admin side: a second listener for the tracker's operator. */
export interface TrackerAdminSettings {
  /** Default `127.0.0.1:7847`. */
  readonly listen?: string | undefined;
  /** File of the token that requests prove themselves by; made if there is none. Default `admin-token` in the state directory. */
  readonly tokenFile?: string | undefined;
  /** Names that requests may have in `Host`, beside addresses and `localhost`. Default: none. */
  readonly hosts?: readonly string[] | undefined;
}

/** What an operator tells a tracker: texts, as they stand in a configuration or on a command line. */
export interface TrackerSettings {
  /** `127.0.0.1:7846` or `[::1]:7846`. Port 0 takes any that is free. */
  readonly listen: string;
  /** Path that requests are posted to. Default `/`. */
  readonly path?: string | undefined;
  /** Caches that stand before all other peers; addresses and prefixes alone are for `subscribers`. Default: none. */
  readonly superNodes?: readonly (string | SuperNodeSettings)[] | undefined;
  /** Prefixes of the peers that super nodes without `subscribers` of their own are there for. Default: everyone. */
  readonly subscribers?: readonly string[] | undefined;
  /** CSV of `PREFIX,ASN`: which autonomous system addresses belong to. Default: what peers say themselves. */
  readonly asnFile?: string | undefined;
  /** Whether peers may have loopback addresses. Default: whether the tracker listens on one, behind no proxy. */
  readonly allowLoopback?: boolean | undefined;
  /** Silence after which a peer is forgotten. Default 180. */
  readonly peerTimeoutSeconds?: number | undefined;
  /** HTTPS; default: plain HTTP. */
  readonly tls?: TlsSettings | undefined;
  readonly authentication?: AuthenticationSettings | undefined;
  /** Prefixes of proxies whose `X-Forwarded-For` tells where a request came from. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Which swarms peers may join: any that nobody closed or withdrew, or only those that were published. Default `any`. */
  readonly swarmAdmission?: SwarmAdmission | undefined;
  /** Directory of what outlives the tracker: the catalogue of swarms, the admin token. Default: nothing does. */
  readonly stateDirectory?: string | undefined;
  readonly limits?: TrackerLimitSettings | undefined;
  /** Whether addresses that peers claim are tried by a HANDSHAKE of PPSPP, to prove them. Default true. */
  readonly probes?: boolean | undefined;
  /** Default: there is no admin side. */
  readonly admin?: TrackerAdminSettings | undefined;
  /** Directory of the authority that certifies who is in which swarm; it is made there if there is none. Default: no certificates. */
  readonly membershipDirectory?: string | undefined;
  /** Instead: files, in PEM, of an authority that there is already. Neither is useful without the other. */
  readonly membershipKey?: string | undefined;
  readonly membershipCertificate?: string | undefined;
}
