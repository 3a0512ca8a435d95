export { createPolicy, policyNames, type PolicyName } from './create-policy';
export { groupsPerSwarmMax, segmentBytesMax } from './limits';
export type { CacheListener, CachePolicy, HeldSegment, Place } from './policy';
export * from './rivals';
export * from './titles';
export * from './trace';
export { WeirPolicy, type WeirPolicyOptions } from './weir-policy';
export * from './simulation';
