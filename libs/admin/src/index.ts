/** The admin API: what operators see of the appliance and do to it, over HTTP. */
export { adminHttpAdapter, AdminModule, configureAdmin } from './admin.module';
export { AdminListenError, type AdminListenErrorCode, listenAdmin } from './listen';
export { AdminError, type AdminErrorCode } from './errors';
export { fetchRequest } from './fetch-request';
export { healthView, type HealthView, readyView, type ReadyView } from './health-view';
export { problemStatuses, problemView, type ProblemView } from './problem';
export { statusView, type StatusView } from './status-view';
export { fetchView, type FetchView, swarmsView, type SwarmsView, swarmView, type SwarmView } from './swarm-view';
export { type TrackersView, trackersView, type TrackerView } from './tracker-view';
