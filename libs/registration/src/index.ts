/** A peer's end of the tracker protocol: the client, and the registration that it keeps with several trackers. */
export type { Family, LookUp } from './client/connector';
export * from './client/http-exchange';
export * from './client/places';
export * from './client/ppstp-client';
export * from './client/tls';
export * from './clock';
export * from './errors';
export * from './limits';
export type { Found } from './look-ups';
export * from './metrics';
export * from './registration';
export * from './registration.module';
export * from './registration.service';
export type { RefusedSwarm } from './session/refusals';
export * from './settings';
export * from './tracked-peers';
export type { SessionClient } from './session/session-client';
export * from './tracker-status';
