/** What HTTP interfaces for operators have in common: checked requests, problems (RFC 9457), OpenAPI, who may ask. */
export { type Doorkeeping, keepDoor } from './doorkeeper.guard';
export { type InvalidValue, RequestError } from './errors';
export { limits } from './limits';
export {
  type HttpProblemCode,
  type Problem,
  problemMediaType,
  problemMembers,
  problemOf,
  type ProblemRules,
  refusalOf,
} from './problem';
export { ProblemFilter } from './problem.filter';
export { checked, readRequest } from './request';
export { configureRest, type RestDescription, restHttpAdapter } from './rest-server.module';
export { time, timeOf } from './time';
export { versionAbove } from './version';
