/** Caches that stand before all other peers in lists. */
export interface SuperNodeConfig {
  /** Addresses and prefixes of theirs. */
  readonly nodes: readonly string[];
  /** Prefixes of whom they are there for; undefined: the tracker's `subscribers`. */
  readonly subscribers?: readonly string[] | undefined;
  readonly onlySubscribers: boolean;
  readonly everySwarm: boolean;
  /** `IP:PORT`; undefined if they register themselves. */
  readonly address?: string | undefined;
}

/** What an operator tells a tracker: each value checked on its own, frozen, in the form that the tracker takes. */
export interface TrackerServerConfig {
  readonly listen: string;
  readonly path: string;
  readonly superNodes: readonly (string | SuperNodeConfig)[];
  readonly subscribers: readonly string[];
  readonly asnFile: string | undefined;
  readonly allowLoopback?: boolean | undefined;
  readonly peerTimeoutSeconds: number;
  /** Undefined for plain HTTP. */
  readonly tls: TrackerTlsConfig | undefined;
  readonly authentication: TrackerAuthenticationConfig;
  readonly trustedProxies: readonly string[];
  readonly swarmAdmission: 'any' | 'published';
  readonly stateDirectory: string | undefined;
  readonly limits: TrackerLimitsConfig;
  readonly probes: boolean;
  /** Undefined if there is no admin side. */
  readonly admin: TrackerAdminConfig | undefined;
  readonly membershipDirectory: string | undefined;
  readonly membershipKey: string | undefined;
  readonly membershipCertificate: string | undefined;
}

/** HTTPS of a tracker. */
export interface TrackerTlsConfig {
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly selfSignedDirectory: string | undefined;
  readonly clientCaFile: string | undefined;
  readonly clientCertificates?: 'off' | 'request' | 'require' | undefined;
}

/** HTTP Digest of a tracker. */
export interface TrackerAuthenticationConfig {
  readonly digest?: 'off' | 'closed-swarms' | 'always' | undefined;
  readonly realm: string;
  readonly usersFile: string | undefined;
}

/** The admin side of a tracker. */
export interface TrackerAdminConfig {
  readonly listen: string;
  readonly tokenFile: string | undefined;
  readonly hosts: readonly string[];
}

/** Bounds on what a tracker holds and serves; undefined: the tracker's own. */
export interface TrackerLimitsConfig {
  readonly peers?: number | undefined;
  readonly swarms?: number | undefined;
  readonly swarmsPerPeer?: number | undefined;
  readonly memberships?: number | undefined;
  readonly peersPerPrefix?: number | undefined;
  readonly connections?: number | undefined;
  readonly connectionsPerPrefix?: number | undefined;
  readonly connectionsPerSecond?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly registrationsPerSecond?: number | undefined;
}
