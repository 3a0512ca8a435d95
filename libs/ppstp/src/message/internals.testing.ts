/** What stands behind `decodeRequest`, for tests that hold its parts to each other. */
export { isObject, readJson } from './json-text';
export { plainRequest } from './plain-request';
export { request as requestSchema } from './request-schema';
