import type { CachePolicy } from './policy';
import { LfuDaPolicy, LruPolicy, TinyLfuPolicy } from './rivals';
import { WeirPolicy, type WeirPolicyOptions } from './weir-policy';

/** Policies that serve or replay requests as they come. The optimum, which knows the future, is `optimum`. */
export const policyNames = ['weir', 'lru', 'lfu-da', 'w-tinylfu'] as const;
/** One of them. */
export type PolicyName = (typeof policyNames)[number];

/** A policy by its name. Only weir looks at more than the capacity, the listener and the seed. */
export function createPolicy(name: PolicyName, options: WeirPolicyOptions): CachePolicy {
  switch (name) {
    case 'weir':
      return new WeirPolicy(options);
    case 'lru':
      return new LruPolicy(options);
    case 'lfu-da':
      return new LfuDaPolicy(options);
    case 'w-tinylfu':
      return new TinyLfuPolicy(options);
  }
}
