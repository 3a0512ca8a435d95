/** The admin API: what operators see of the appliance and do to it, over HTTP. */
export { adminHttpAdapter, AdminModule, configureAdmin } from './admin.module';
export { AdminListenError, type AdminListenErrorCode, listenAdmin } from './listen';
export { AdminError, type AdminErrorCode } from './errors';
export { cacheView, type CacheView } from './cache-view';
export { integrityView, type IntegrityView } from './integrity-view';
export { jobRequest, type JobRequest } from './jobs/job-request';
export { jobsView, type JobsView, jobView, type JobView } from './jobs/job-view';
export { blockRequest, labelRequest, limitsRequest, quotaRequest } from './rules/rule-request';
export {
  blockReportView,
  type BlockReportView,
  blocksView,
  type BlocksView,
  quotasView,
  type QuotasView,
  quotaView,
  type QuotaView,
  swarmRuleView,
  type SwarmRuleView,
} from './rules/rule-view';
export { fetchRequest } from './fetch-request';
export { healthView, type HealthView, readyView, type ReadyView } from './health-view';
export { problemStatuses, problemView, type ProblemView } from './problem';
export { statusView, type StatusView } from './status-view';
export { fetchView, type FetchView, swarmsView, type SwarmsView, swarmView, type SwarmView } from './swarm-view';
export { type TrackersView, trackersView, type TrackerView } from './tracker-view';
