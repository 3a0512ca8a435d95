/** What a test needs that looks at a store's files from outside, beside what the lib is used by. */
export { blockFootprint, extentFootprint, recordFootprint } from './footprint';
export { decodeBlockKey, decodeExtentKey } from './keys';
export { RulesCopy } from './integrity/rules-copy';
export { openForReading } from './lmdb-environment';
