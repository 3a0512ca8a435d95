export type { ContentStore, ContentWrite, ContentWritten } from './content/content-store';
export { ContentError, type ContentErrorCode } from './content/errors';
export { FileSink, type SinkProgress } from './content/file-sink';
export { FileSource } from './content/file-source';
export type { ContentFormat, ScanWatch } from './content/scan';
