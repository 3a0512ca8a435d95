export { MinReplay, NextUses, neverUsed } from './min-replay';
export { PolicyReplay, type Replay, type TraceObjects } from './replay';
export { Tally } from './tally';
