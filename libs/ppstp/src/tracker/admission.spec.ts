import { Admission } from './admission';
import { sourcePrefix, widePrefix } from './source-prefix';

const second = 1_000_000;
const options = {
  newcomers: { perSecond: 1, burst: 2 },
  known: { perSecond: 2, burst: 6 },
  prefixesMax: 4,
};

/** How many of so many requests are admitted at a time. */
function admitted(admission: Admission, arrival: { readonly from: string; readonly known: boolean }, now = 0): number {
  return Array.from({ length: 20 }, () => admission.admit(arrival, now)).filter(Boolean).length;
}

describe('the admission of requests', () => {
  it('bounds newcomers of a source prefix, apart from registered peers of it and from other prefixes', () => {
    const admission = new Admission(options);
    expect(admitted(admission, { from: '192.0.2.1', known: false })).toBe(2);
    expect(admitted(admission, { from: '192.0.2.200', known: false })).toBe(0);
    expect(admitted(admission, { from: '192.0.2.1', known: true })).toBe(3);
    expect(admitted(admission, { from: '198.51.100.1', known: false })).toBe(2);
  });

  it('leaves registered peers of a prefix half of what it has, whatever one of them sends', () => {
    const admission = new Admission(options);
    const ofHosts = [1, 2, 3].map((host) => admitted(admission, { from: `192.0.2.${String(host)}`, known: true }));
    expect(ofHosts).toEqual([3, 3, 0]);
    expect(admitted(admission, { from: '2001:db8::1', known: true })).toBe(3);
    expect(admitted(admission, { from: '2001:db8::2', known: true })).toBe(0);
    expect(admitted(admission, { from: '2001:db8:0:1::1', known: true })).toBe(3);
  });

  it('bounds newcomers of the prefix around it, however many there are in it', () => {
    const admission = new Admission(options);
    const ofMany = [1, 2, 3, 4, 5].map((net) => admitted(admission, { from: `192.0.${String(net)}.1`, known: false }));
    expect(ofMany).toEqual([2, 2, 2, 2, 0]);
    expect(admitted(admission, { from: '2001:db8:0:1::1', known: false })).toBe(2);
    expect(admitted(admission, { from: '2001:db8:0:ff::1', known: false })).toBe(0);
    expect(admitted(admission, { from: '2001:db8:1::1', known: false })).toBe(2);
  });

  it('admits again as time goes by', () => {
    const admission = new Admission(options);
    const arrival = { from: '192.0.2.1', known: false };
    admitted(admission, arrival);
    expect(admitted(admission, arrival, second)).toBe(1);
    expect(admitted(admission, arrival, 60 * second)).toBe(2);
  });

  it('keeps newcomers out of an overloaded tracker, and serves registered peers', () => {
    const admission = new Admission(options);
    admission.load(true);
    expect(admitted(admission, { from: '192.0.2.1', known: false })).toBe(0);
    expect(admitted(admission, { from: '192.0.2.1', known: true })).toBe(3);
    admission.load(false);
    expect(admitted(admission, { from: '192.0.2.1', known: false })).toBe(2);
  });
  it('does not forget who asks all the time for those who come once', () => {
    const admission = new Admission(options);
    const flood = { from: '203.0.113.1', known: false };
    expect(admitted(admission, flood)).toBe(2);
    for (let net = 0; net < 20; net++) {
      admitted(admission, { from: `10.${String(net)}.0.1`, known: false });
      expect(admitted(admission, flood)).toBe(0);
    }
  });
});

describe('a source prefix', () => {
  it.each([
    ['203.0.113.9', '203.0.113', '203.0'],
    ['::ffff:203.0.113.9', '203.0.113', '203.0'],
    ['2001:db8:1:2ff::1', '32.1.13.184.0.1', '32.1.13.184'],
    ['2001:db8:1:ff00::9', '32.1.13.184.0.1', '32.1.13.184'],
  ])('of %s is %s, and %s around it', (ip, prefix, around) => {
    expect(sourcePrefix(ip)).toBe(prefix);
    expect(widePrefix(sourcePrefix(ip))).toBe(around);
  });
});
