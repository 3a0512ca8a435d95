import { createPolicy, policyNames as onlineNames, type CacheListener, type CachePolicy } from '@weir/policy';
import type { Parsed } from '@weir/config';
import { listed } from '@weir/ppspp';
import { read } from '../options/parse';
import { bytesOf, listOf, type Amount } from './amount';

/** What can be simulated: ours, its rivals, and the optimum, which knows the future. */
export const policyNames = [...onlineNames, 'min'] as const;

/** One of them. */
export type PolicyName = (typeof policyNames)[number];
/** One that does not know the future. */
export type OnlineName = Exclude<PolicyName, 'min'>;

/** What an appliance sets of its policy. */
export interface PolicySettings {
  /** Memory for what has not proved itself, of which percent are of the capacity. */
  readonly probationMemory: Amount;
  readonly secondSubscriber: boolean;
  readonly swarmShareMax: number;
}

/** Key of the hashes: the same trace has the same results each time. */
const seed = 0x7765_6972;

/** A new policy. */
export function policyFor(
  name: OnlineName,
  settings: PolicySettings & { readonly capacityBytes: number; readonly listener: CacheListener },
): CachePolicy {
  const { probationMemory, ...rest } = settings;
  const memoryCapacityBytes = bytesOf(probationMemory, settings.capacityBytes);
  return createPolicy(name, { ...rest, memoryCapacityBytes, seed });
}

/** The policies of a list. Throws a `UsageError`. */
export function readPolicies(text: string): readonly PolicyName[] {
  return listOf('--policy', text).map((item) => read('--policy', item, parsePolicy));
}

function parsePolicy(text: string): Parsed<PolicyName> {
  const value = policyNames.find((name) => name === text);
  return value === undefined ? { remedy: `write ${listed(policyNames)}, separated by commas` } : { value };
}
