import { DiskNotice } from './disk-notice';

describe('DiskNotice', () => {
  const told: string[] = [];
  const notice = new DiskNotice('/var/lib/weir', (message) => told.push(message));
  const capacityBytes = 1_000_000;

  it.each([
    ['says nothing of what has room', 1_000_000, undefined],
    ['nor of a little less', 950_000, undefined],
    [
      'tells what has none, by key, value, place and remedy',
      940_000,
      /^store\.capacity = 1000000: .*\/var\/lib\/weir has room for 940000 .*lower store\.capacity/,
    ],
    ['once', 100_000, undefined],
    ['and not that it is nearly over', 999_999, undefined],
    ['but that it is', 1_000_000, /has room for store\.capacity again/],
    ['and when it comes back', 0, /room for 0 bytes/],
  ])('%s', (_, usableBytes, wanted) => {
    told.length = 0;
    notice.note({ capacityBytes, usableBytes });
    expect(told).toEqual(wanted === undefined ? [] : [expect.stringMatching(wanted)]);
  });
});
