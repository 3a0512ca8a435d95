/** PPSTP, the tracker protocol (RFC 7846), pure: messages, and a tracker as a function of request and time. */
export * from './limits';
export type { Decoded, MessageFault } from './message/document';
export { protocolVersion } from './message/document';
export type { PeerAddress } from './message/fields';
export * from './message/request';
export * from './message/response';
export * from './tracker/admission';
export { everySwarm, type SwarmAdmission } from './tracker/catalogue';
export * from './tracker/context';
export * from './tracker/options';
export type { Random } from './tracker/roster';
export { listPriority } from './tracker/swarm-peers';
export { sourcePrefix } from './tracker/source-prefix';
export type { Rate } from './tracker/token-buckets';
export * from './tracker/tracker';
export * from './tracker/transactions';
export * from './tracker/views';
