export { firstChannel } from './broadcast';
export { LineWriter, liveHeader, traceHeader } from './line-writer';
export { blankRequest, createModel, type TraceModel, type TraceRequest } from './models';
export { Random } from './random';
export {
  defaultSettings,
  modelNames,
  settingRules,
  type ModelName,
  type ModelSettings,
  type SettingRule,
} from './settings';
export { lineRemedies, TraceParser, type MalformedLine, type TitledObjects } from './trace-parser';
export type { LineFault } from './line-fields';
export { lineBytesMax, nameBytesMax, objectBytesMax, requestsMax } from './limits';
export { ObjectTable } from './object-table';
export { blockBytes, blockRequests, RequestBlock } from './request-block';
export { ObjectNames, type TraceObjects } from './object-names';
