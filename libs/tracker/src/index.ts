/** A PPSTP tracker (RFC 7846) behind HTTP. */
export { TrackerAdminError, type TrackerAdminErrorCode } from './admin/errors';
export { trackerProblemStatuses } from './admin/problem';
export { CatalogueError, type CatalogueErrorCode } from './catalogue/errors';
export * from './errors';
export * from './metrics';
export * from './plan';
export * from './settings';
export { type HealthView, ppstpMediaType } from './tracker.controller';
export { TrackerModule } from './tracker.module';
export * from './tracker-server.module';
export { TrackerService } from './tracker.service';
