/** Diverts subscribers' traffic to the appliance, for as long as it answers: rules, heartbeat, tracker intercept. */
export * from './errors';
export { Heart, type HeartAction, type HeartState, type LapseCause, type ScriptOutcome } from './heart/heart';
export { Heartbeat, type HeartbeatParts, type Pulse } from './heart/heartbeat';
export { epochScripts, type EpochScripts } from './heart/scripts';
export { applyRules, removeRules } from './kernel/apply';
export { inspectRules, readCounters, type Count, type LivingEpoch, type RulesState } from './kernel/inspect';
export { runTool, toolPath, type RunTool, type ToolOutcome } from './kernel/tool';
export { speaksIpv6, thisMachine, type Machine } from './preflight/machine';
export { describeProblem, preflight, unavailable, type Problem } from './preflight/preflight';
export { planRules, type InterceptOptions, type RulePlan } from './rules/plan';
export { routingsOf } from './rules/routes';
export { ruleScript, type RuleScript } from './rules/script';
export { sysctlLine, sysctlsOf, type Sysctl } from './rules/sysctls';
