export { LfuDaPolicy } from './lfu-da';
export { LruPolicy } from './lru';
export { nextUses, optimum, type OptimumResult, type RequestLog } from './optimum';
export type { RivalOptions } from './rival';
export { TinyLfuPolicy } from './tiny-lfu';
