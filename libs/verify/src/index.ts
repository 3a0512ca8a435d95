export * from './errors';
export { InlineVerifier } from './inline-verifier';
export { type VerifyMetrics, createVerifyMetrics } from './metrics';
export { PoolVerifier } from './pool-verifier';
export type { Verifier } from './verifier';
