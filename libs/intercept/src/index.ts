/** Diverts subscribers' traffic to the appliance, for as long as it answers: rules, heartbeat, tracker intercept. */
export * from './errors';
export { Heart, type HeartAction, type HeartState, type LapseCause, type ScriptOutcome } from './heart/heart';
export { Heartbeat, type HeartbeatParts, type Pulse } from './heart/heartbeat';
export { epochScripts, type EpochScripts } from './heart/scripts';
export { InterceptModule } from './intercept.module';
export { InterceptService, type InterceptSetup, type InterceptStatus } from './intercept.service';
export { Interception, type InterceptCondition, type InterceptionParts, type TrackerProxy } from './interception';
export { applyRules, removeRules } from './kernel/apply';
export { inspectRules, readCounters, type Count, type LivingEpoch, type RulesState } from './kernel/inspect';
export { runTool, toolPath, type RunTool, type ToolOutcome } from './kernel/tool';
export { createInterceptMetrics, type InterceptMetrics } from './metrics';
export { speaksIpv6, thisMachine, type Machine } from './preflight/machine';
export { preflight } from './preflight/preflight';
export { describeProblem, unavailable, type Problem } from './preflight/problem';
export {
  probeFaults,
  probeRules,
  type ProbeFault,
  type ProbeGap,
  type ProbeParts,
  type ProbeResult,
} from './probe/probe';
export { planRules, type InterceptOptions, type RulePlan } from './rules/plan';
export { routingsOf } from './rules/routes';
export { ruleScript, type RuleScript } from './rules/script';
export { sysctlLine, sysctlsOf, type Sysctl } from './rules/sysctls';
export { createTrackerInterceptMetrics, type TrackerInterceptMetrics } from './tracker/metrics';
export { SwarmPopularity, type PopularSwarm } from './tracker/popularity';
export { TrackerIntercept, type TrackerInterceptOptions } from './tracker/tracker-intercept';
export { InterceptMeter, type PassedEstimate, type Served } from './traffic/meter';
