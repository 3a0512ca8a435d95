export * from './address/ip';
export * from './address/scope';
export * from './addressing/chunk-range';
export * from './addressing/chunk-set';
export * from './addressing/method';
export * from './addressing/node';
export * from './addressing/prefix-table';
export {
  budgetCells,
  LinkBudget,
  unlimitedRates,
  urgencies,
  type LinkRates,
  type LinkUse,
  type Urgency,
} from './budget/link-budget';
export * from './budget/plan';
export type { PeakSpan } from './budget/peak';
export { LocalCells, type Cells } from './budget/cells';
export type { SwarmLimits } from './budget/toll';
export * from './channel/handshake';
export * from './channel/uploader';
export * from './congestion/delay';
export * from './congestion/ledbat';
export * from './congestion/round-trip';
export * from './endpoint/address';
export * from './endpoint/config';
export * from './endpoint/counters';
export * from './endpoint/effects';
export * from './endpoint/endpoint';
export type { FlowTable } from './endpoint/flows';
export { hashText } from './endpoint/hash-text';
export { shardOfChannel, shardOfSwarm, swarmIdOf, type Shard } from './endpoint/shard';
export * from './errors';
export * from './exchange/config';
export * from './exchange/reach';
export * from './exchange/verdict';
export * from './integrity/hash';
export * from './integrity/hash-tree';
export * from './integrity/mend-block';
export * from './integrity/peaks';
export * from './integrity/subtree';
export * from './integrity/tree-builder';
export * from './limits';
export * from './swarm/content';
export * from './swarm/link';
export * from './swarm/metadata';
export { isCallable, type Nearness, type Refusal, type Standing } from './swarm/standing';
export type { Delivery } from './swarm/throughput';
export * from './swarm/statement';
export type { SourceBytes } from './swarm/sources';
export type { Swarm } from './swarm/swarm';
export * from './wire/codes';
export * from './wire/decode';
export * from './wire/encode';
export * from './wire/limits';
export * from './wire/message';
export * from './wire/supported-messages';
export { blockKey, placeOf, type BlockPlace } from './integrity/block';
