import { type Setting, settings } from './settings';

/** All that one program may be told by its operator. */
export interface SettingTable {
  readonly settings: readonly Setting[];
  /** Keys within entries of lists, as `trackers[].url`: what a misspelt one was meant to be. */
  readonly entryKeys: readonly string[];
  /** What the program's environment variables begin with. */
  readonly environmentPrefix: string;
  /** The variable that names its file. */
  readonly fileVariable: string;
}

const trackerKeys = [
  'url',
  'tier',
  'group',
  'serve',
  'username',
  'passwordFile',
  'caFile',
  'certificateFile',
  'keyFile',
];
const addressKeys = ['address', 'for', 'priority', 'type', 'connection', 'asn'];

/** What the appliance may be told. */
export const applianceTable: SettingTable = {
  settings,
  entryKeys: [
    ...trackerKeys.map((key) => `trackers[].${key}`),
    ...addressKeys.map((key) => `registration.addresses[].${key}`),
  ],
  environmentPrefix: 'WEIR_',
  fileVariable: 'WEIR_CONFIG',
};
