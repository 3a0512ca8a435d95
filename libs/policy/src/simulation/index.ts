export { MinReplay, NextUses, neverUsed } from './min-replay';
export { PolicyReplay, type Replay } from './replay';
export { Tally } from './tally';
