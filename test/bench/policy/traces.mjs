// Traces that the policy was developed on, and others, with other seeds and settings, by which it is judged: it must not be
// tuned on these. 60,000 to a million requests. The model `shot-noise` is none of the library's.
const short = 60_000;
const medium = 300_000;
const long = 1_000_000;

export const developed = [
  { name: 'vod', model: 'vod', seed: 1, requests: medium },
  { name: 'vod, long titles', model: 'vod', seed: 2, requests: medium, over: { segments: 300, titles: 100 } },
  { name: 'vod, much seeking', model: 'vod', seed: 3, requests: medium, over: { seek: 0.05, abandon: 0.8 } },
  { name: 'vod, churn', model: 'vod', seed: 4, requests: medium, over: { churn: 0.2, alpha: 0.8 } },
  { name: 'vod', model: 'vod', seed: 101, requests: long },
  { name: 'vod, flat popularity', model: 'vod', seed: 105, requests: long, over: { alpha: 0.8, titles: 2_000 } },
  { name: 'vod, busy', model: 'vod', seed: 106, requests: long, over: { sessions: 1_500 } },
  { name: 'vod, news', model: 'vod', seed: 108, requests: long, over: { churn: 0.4, days: 14 } },
  { name: 'vod', model: 'vod', seed: 23, requests: short, over: { titles: 100 } },
  { name: 'vod, news', model: 'vod', seed: 25, requests: short, over: { titles: 100, churn: 0.5, days: 14 } },
  { name: 'vod, abandoned', model: 'vod', seed: 24, requests: short, over: { titles: 100, abandon: 0.9 } },
  { name: 'mixed', model: 'mixed', seed: 1, requests: medium },
  { name: 'mixed', model: 'mixed', seed: 26, requests: short, over: { titles: 100 } },
  { name: 'mzipf', model: 'mzipf', seed: 1, requests: medium },
  { name: 'mzipf, churn', model: 'mzipf', seed: 22, requests: short, over: { titles: 8_000, churn: 0.3 } },
  { name: 'mzipf, churn', model: 'mzipf', seed: 112, requests: long, over: { churn: 0.3, alpha: 0.9 } },
  { name: 'zipf', model: 'zipf', seed: 1, requests: medium },
  { name: 'shot noise', model: 'shot-noise', seed: 5, requests: medium },
  { name: 'shot noise, slow', model: 'shot-noise', seed: 6, requests: long, over: { life: 0.3, titles: 3_000 } },
];

export const judged = [
  { name: 'vod', model: 'vod', seed: 7_001, requests: short, over: { titles: 150, abandon: 0.7 } },
  { name: 'vod', model: 'vod', seed: 7_002, requests: medium },
  { name: 'vod, steep', model: 'vod', seed: 7_003, requests: long, over: { segments: 120, alpha: 1.1 } },
  { name: 'vod, few abandon', model: 'vod', seed: 7_004, requests: medium, over: { abandon: 0.4, sessions: 150 } },
  { name: 'vod, busy', model: 'vod', seed: 7_005, requests: medium, over: { sessions: 900 } },
  { name: 'vod, flat', model: 'vod', seed: 7_006, requests: long, over: { alpha: 0.85, titles: 1_600, churn: 0.06 } },
  { name: 'vod, seeking', model: 'vod', seed: 7_007, requests: long, over: { seek: 0.03, segments: 60 } },
  { name: 'vod, churn', model: 'vod', seed: 7_008, requests: medium, over: { churn: 0.12, alpha: 0.9 } },
  { name: 'vod, news', model: 'vod', seed: 7_009, requests: long, over: { churn: 0.35, days: 12 } },
  { name: 'vod, news', model: 'vod', seed: 7_010, requests: short, over: { titles: 120, churn: 0.4, days: 10 } },
  { name: 'mixed', model: 'mixed', seed: 7_011, requests: short, over: { titles: 120, liveShare: 0.3 } },
  { name: 'mixed', model: 'mixed', seed: 7_012, requests: long, over: { channels: 60, liveShare: 0.6 } },
  { name: 'mzipf, churn', model: 'mzipf', seed: 7_013, requests: short, over: { titles: 10_000, churn: 0.3 } },
  { name: 'mzipf, churn', model: 'mzipf', seed: 7_014, requests: medium, over: { churn: 0.2, alpha: 0.8, shift: 50 } },
  { name: 'mzipf, churn', model: 'mzipf', seed: 7_015, requests: long, over: { churn: 0.15, alpha: 0.8 } },
  { name: 'zipf', model: 'zipf', seed: 7_016, requests: short, over: { titles: 9_000, alpha: 0.8 } },
  { name: 'zipf', model: 'zipf', seed: 7_017, requests: long, over: { alpha: 1 } },
  { name: 'shot noise', model: 'shot-noise', seed: 7_018, requests: short, over: { titles: 200 } },
  { name: 'shot noise', model: 'shot-noise', seed: 7_019, requests: medium, over: { life: 0.15, titles: 1_200 } },
  { name: 'shot noise, slow', model: 'shot-noise', seed: 7_020, requests: long, over: { life: 0.5, titles: 2_500 } },
];

/** The traces of a list, or those with the word in their name. */
export function tracesOf(word) {
  if (word === 'judged') return judged;
  return word === 'developed' ? developed : [...developed, ...judged].filter(({ name }) => name.includes(word));
}
