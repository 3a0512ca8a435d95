import type { Parsed } from '@weir/config';
import { settingRules, type ModelSettings, type SettingRule } from '@weir/policy';

/** A setting of a model as an option of the command line. */
export interface ModelFlag {
  readonly name: string;
  readonly key: keyof ModelSettings;
  readonly rule: SettingRule;
}

const names: Readonly<Record<keyof ModelSettings, string>> = {
  titles: '--objects',
  alpha: '--alpha',
  shift: '--shift',
  churn: '--churn',
  days: '--days',
  bytes: '--bytes',
  subscribers: '--subscribers',
  sessions: '--sessions',
  segments: '--segments',
  abandon: '--abandon',
  seek: '--seek',
  liveShare: '--live-share',
  channels: '--channels',
  viewers: '--viewers',
};

const keys = [
  'titles',
  'alpha',
  'shift',
  'churn',
  'days',
  'bytes',
  'subscribers',
  'sessions',
  'segments',
  'abandon',
  'seek',
  'liveShare',
  'channels',
  'viewers',
] as const satisfies readonly (keyof ModelSettings)[];

/** All of them. */
export const modelFlags: readonly ModelFlag[] = keys.map((key) => ({ name: names[key], key, rule: settingRules[key] }));

/** What a setting is, and what it is by default, model by model. */
export function settingHelp({ rule }: ModelFlag): string {
  const values = Object.values(rule.defaults);
  const same = new Set(values).size === 1 && values.length > 1;
  const defaults = same
    ? [String(values[0])]
    : Object.entries(rule.defaults).map(([model, value]) => `${model} ${value}`);
  return `${rule.what} (default: ${defaults.join(', ')})`;
}

/** The value of a setting, within its bounds. */
export function parseSetting({ rule }: ModelFlag, text: string): Parsed<number> {
  const value = /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : NaN;
  const fits = value >= rule.min && value <= rule.max && (!rule.whole || Number.isInteger(value));
  return fits ? { value } : { remedy: `write a ${rule.whole ? 'whole ' : ''}number from ${rule.min} to ${rule.max}` };
}
