/** A PPSTP tracker (RFC 7846) behind HTTP. */
export { TrackerAdminError, type TrackerAdminErrorCode } from './admin/errors';
export { trackerProblemStatuses } from './admin/problem';
export { grantsView, grantView, trackedSwarmsView, trackedSwarmView, withdrawalView } from './admin/views';
export { CatalogueError, type CatalogueErrorCode } from './catalogue/errors';
export * from './errors';
export * from './metrics';
export * from './plan';
export { createProbeMetrics, type ProbeMetrics } from './prober/metrics';
export * from './settings';
export { ppstpMediaType } from './http/media-type';
export { type ServerTimes } from './http/server';
export { type HealthView } from './tracker.controller';
export { TrackerModule } from './tracker.module';
export * from './tracker-server.module';
export { type Answer, type Requester, TrackerService } from './tracker.service';
