import type { Parsed } from './parsed';
import { parseBitRate } from './bit-rate';

/** Bits for each second that may be fetched from outside, or that there is no bound. */
export type LinkRate = number | 'unlimited';

/** As `LinkRate`, of what nobody needs yet; or that it is not fetched; or as much as stays below the recent peak of demand. */
export type BackgroundRate = LinkRate | 'off' | 'auto';

/** Other rates between two times of day. */
export interface LinkWindow {
  /** Minutes since midnight, local time; from the later to the earlier it leads over midnight. */
  readonly from: number;
  readonly to: number;
  readonly rate?: LinkRate | undefined;
  readonly backgroundRate?: BackgroundRate | undefined;
}

/** What an operator grants of the outside link. */
export interface FetchConfig {
  /** All that is fetched. */
  readonly rate: LinkRate;
  /** Of it, what nobody needs yet. */
  readonly backgroundRate: BackgroundRate;
  /** From each external peer. */
  readonly peerRate: LinkRate;
  /** Seconds ahead of what subscribers play that are fetched before all that nobody needs yet. */
  readonly readAhead: number;
  readonly schedule: readonly LinkWindow[];
}

/** Less than this is a way to serve nobody. */
const rateMin = 64_000;
const minutesPerHour = 60;
const minutesPerDay = 24 * minutesPerHour;

const rateRemedy = 'write unlimited, or at least 64kbit';
const backgroundRemedy = 'write unlimited, off, auto, or at least 64kbit';
const windowRemedy = 'write two times of day and what holds between them, as 18:00-23:30 rate 400Mbit background off';

/** Reads `unlimited` or bits for each second. */
export function parseLinkRate(text: string): Parsed<LinkRate> {
  if (text.trim() === 'unlimited') return { value: 'unlimited' };
  const parsed = parseBitRate(text);
  return 'value' in parsed && parsed.value >= rateMin ? parsed : { remedy: rateRemedy };
}

/** Reads what `parseLinkRate` does, `off` or `auto`. */
export function parseBackgroundRate(text: string): Parsed<BackgroundRate> {
  const word = text.trim();
  if (word === 'off' || word === 'auto') return { value: word };
  const parsed = parseLinkRate(text);
  return 'value' in parsed ? parsed : { remedy: backgroundRemedy };
}

/** Reads `18:00-23:30 rate 400Mbit background off`: either rate may be left out, and then stays what it is else. */
export function parseLinkWindow(text: string): Parsed<LinkWindow> {
  const [, span = '', rate, background] = /^(\S+)(?: +rate +(\S+))?(?: +background +(\S+))?$/.exec(text.trim()) ?? [];
  const times = parseSpan(span);
  if (times === undefined || (rate === undefined && background === undefined)) return { remedy: windowRemedy };
  const total = optional(rate, parseLinkRate);
  if ('remedy' in total) return { remedy: `after rate ${total.remedy}` };
  const behind = optional(background, parseBackgroundRate);
  if ('remedy' in behind) return { remedy: `after background ${behind.remedy}` };
  return { value: { ...times, rate: total.value, backgroundRate: behind.value } };
}

/** Two times of day, of which the first begins something. */
function parseSpan(text: string): Pick<LinkWindow, 'from' | 'to'> | undefined {
  const [from, to, ...more] = text.split('-').map(minuteOf);
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  return from === to || from === minutesPerDay ? undefined : { from, to };
}

function optional<T>(text: string | undefined, parse: (text: string) => Parsed<T>): Parsed<T | undefined> {
  return text === undefined ? { value: undefined } : parse(text);
}

/** Minutes since midnight of `18:00`; 24:00 is the end of the day. */
function minuteOf(text: string): number | undefined {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const minute = Number(hours) * minutesPerHour + Number(minutes);
  return hours !== '' && Number(minutes) < minutesPerHour && minute <= minutesPerDay ? minute : undefined;
}
