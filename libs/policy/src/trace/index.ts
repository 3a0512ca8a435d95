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
