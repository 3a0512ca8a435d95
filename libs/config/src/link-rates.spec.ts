import { parseBackgroundRate, parseLinkRate, parseLinkWindow } from './link-rates';

it.each([
  ['unlimited', 'unlimited'],
  ['400Mbit', 400_000_000],
  ['1000000', 1_000_000],
])('reads the rate %s', (text, value) => {
  expect(parseLinkRate(text)).toEqual({ value });
});

it.each(['', 'off', '0', '10kbit', '400MB', '-1Mbit'])('refuses the rate %p', (text) => {
  expect(parseLinkRate(text)).toEqual({ remedy: 'write unlimited, or at least 64kbit' });
});

it.each([
  ['off', 'off'],
  ['auto', 'auto'],
  ['unlimited', 'unlimited'],
  ['64kbit', 64_000],
])('reads the background rate %s', (text, value) => {
  expect(parseBackgroundRate(text)).toEqual({ value });
});

it.each([
  ['18:00-23:30 rate 400Mbit background off', { from: 1_080, to: 1_410, rate: 400_000_000, backgroundRate: 'off' }],
  ['22:00-6:00 background unlimited', { from: 1_320, to: 360, rate: undefined, backgroundRate: 'unlimited' }],
  ['0:00-24:00  rate 1Gbit', { from: 0, to: 1_440, rate: 1_000_000_000, backgroundRate: undefined }],
])('reads the window %s', (text, value) => {
  expect(parseLinkWindow(text)).toEqual({ value });
});

it.each([
  '18:00-23:30',
  '18:00 rate 1Gbit',
  '18:00-18:00 rate 1Gbit',
  '25:00-26:00 rate 1Gbit',
  '18:60-19:00 rate 1Gbit',
  '24:00-6:00 rate 1Gbit',
  'rate 1Gbit',
])('refuses the window %p, and says how to write one', (text) => {
  const outcome = parseLinkWindow(text);
  expect('remedy' in outcome && outcome.remedy).toContain('as 18:00-23:30 rate 400Mbit background off');
});

it('says which rate of a window is wrong', () => {
  expect(parseLinkWindow('1:00-2:00 rate off')).toEqual({ remedy: 'after rate write unlimited, or at least 64kbit' });
  expect(parseLinkWindow('1:00-2:00 background 1')).toEqual({
    remedy: 'after background write unlimited, off, auto, or at least 64kbit',
  });
});
