/** What puts us into the lists of others, for tests that give it any text. */
export { JsonSpans, type Span } from './json-spans';
export { listFirst } from './peer-list';
