import type { BroadcastSettings } from './broadcast';
import type { CatalogueSettings } from './catalogue';
import type { SessionSettings } from './sessions';

/** The models that traces are made by. */
export const modelNames = ['zipf', 'mzipf', 'vod', 'mixed'] as const;
/** One of them. */
export type ModelName = (typeof modelNames)[number];

/** All that models can be told. A model looks at what it knows. */
export interface ModelSettings extends CatalogueSettings, SessionSettings, BroadcastSettings {
  /** Bytes of a segment. */
  readonly bytes: number;
  /** Days that the trace spans. */
  readonly days: number;
  /** Share of the requests that are for live channels. */
  readonly liveShare: number;
}

/** What a setting is, within which bounds it makes sense, and what it is unless somebody says so. */
export interface SettingRule {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** By model; a model that is not named has no such setting. */
  readonly defaults: Partial<Record<ModelName, number>>;
  /** Why this default. */
  readonly why: string;
}

/** The settings of the models. The bounds of counts keep a table of them below 1 GiB. */
export const settingRules: Readonly<Record<keyof ModelSettings, SettingRule>> = {
  titles: {
    what: 'objects (zipf, mzipf) or titles cut into segments (vod, mixed) that can be asked for at a time',
    ...{ min: 1, max: 2 ** 27, whole: true },
    defaults: { zipf: 100_000, mzipf: 100_000, vod: 1_000, mixed: 1_000 },
    why: 'a million requests ask for each some ten times on average, as a week of a point of presence does',
  },
  alpha: {
    what: 'how fast popularity falls with rank',
    ...{ min: 0, max: 4, whole: false },
    defaults: { zipf: 0.9, mzipf: 0.7, vod: 1, mixed: 1 },
    why: 'what studies of web, peer-to-peer and video requests found most often',
  },
  shift: {
    what: 'how many of the first ranks are about equally popular',
    ...{ min: 0, max: 1e6, whole: false },
    defaults: { mzipf: 25, vod: 5, mixed: 5 },
    why: 'nobody fetches twice what he keeps, which flattens the head of peer-to-peer popularity',
  },
  churn: {
    what: 'share of objects or titles replaced by new ones each day',
    ...{ min: 0, max: 1, whole: false },
    defaults: { mzipf: 0.05, vod: 0.03, mixed: 0.03 },
    why: 'most of a catalogue lives for weeks',
  },
  days: {
    what: 'days that the trace spans',
    ...{ min: 1 / 1_024, max: 3_660, whole: false },
    defaults: { zipf: 7, mzipf: 7, vod: 7, mixed: 7 },
    why: 'a cache in service has seen a week',
  },
  bytes: {
    what: 'bytes of a segment',
    ...{ min: 1, max: 2 ** 32 - 1, whole: true },
    defaults: { zipf: 262_144, mzipf: 262_144, vod: 262_144, mixed: 262_144 },
    why: 'what the appliance admits and evicts at a time',
  },
  subscribers: {
    what: 'subscribers who ask',
    ...{ min: 1, max: 2 ** 31, whole: true },
    defaults: { zipf: 10_000, mzipf: 10_000, vod: 10_000, mixed: 10_000 },
    why: 'those of a point of presence of medium size',
  },
  sessions: {
    what: 'sessions at a time',
    ...{ min: 1, max: 2 ** 24, whole: true },
    defaults: { vod: 300, mixed: 300 },
    why: 'a few in a hundred subscribers watch at a time',
  },
  segments: {
    what: 'segments of a title, at the median',
    ...{ min: 1, max: 2 ** 20, whole: true },
    defaults: { vod: 80, mixed: 80 },
    why: '20 MiB in segments of 256 KiB: some minutes of video',
  },
  abandon: {
    what: 'share of the sessions that end early',
    ...{ min: 0, max: 1, whole: false },
    defaults: { vod: 0.6, mixed: 0.6 },
    why: 'more than half of what is begun is not watched to the end',
  },
  seek: {
    what: 'chance of a jump to anywhere in the title after each segment',
    ...{ min: 0, max: 1, whole: false },
    defaults: { vod: 0.005, mixed: 0.005 },
    why: 'a jump in every other session that lasts',
  },
  liveShare: {
    what: 'share of the requests that are for live channels',
    ...{ min: 0, max: 1, whole: false },
    defaults: { mixed: 0.4 },
    why: 'an evening with something on',
  },
  channels: {
    what: 'live channels',
    ...{ min: 1, max: 2 ** 20, whole: true },
    defaults: { mixed: 40 },
    why: 'what is watched at a point of presence at the same time',
  },
  viewers: {
    what: 'subscribers who ask for a segment of a channel, on average',
    ...{ min: 1, max: 2 ** 20, whole: true },
    defaults: { mixed: 20 },
    why: 'fewer, and most channels had one viewer',
  },
};

/** The settings of a model nobody said anything of; 0 for what it does not know. */
export function defaultSettings(name: ModelName): ModelSettings {
  const of = (key: keyof ModelSettings): number => settingRules[key].defaults[name] ?? 0;
  return {
    titles: of('titles'),
    alpha: of('alpha'),
    shift: of('shift'),
    churn: of('churn'),
    days: of('days'),
    bytes: of('bytes'),
    subscribers: of('subscribers'),
    sessions: of('sessions'),
    segments: of('segments'),
    abandon: of('abandon'),
    seek: of('seek'),
    liveShare: of('liveShare'),
    channels: of('channels'),
    viewers: of('viewers'),
  };
}
