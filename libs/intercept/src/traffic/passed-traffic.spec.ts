import fc from 'fast-check';
import { PassedTraffic } from './passed-traffic';

const served = { contentBytes: 9_000_000, payloadBytes: 10_000_000 };

const down = (packets: number, bytes: number, family = 'ipv4') => ({
  [`passed_content_down_${family}`]: { packets, bytes },
});

it('takes headers off, and counts content in the proportion in which it was served', () => {
  const traffic = new PassedTraffic();
  traffic.read({ ...down(10, 10 * 1_028), ...down(10, 10 * 1_048, 'ipv6') }, served);
  expect(traffic.contentBytes).toBe(20 * 1_000 * 0.9);
});

it('counts content alone, and what came down alone', () => {
  const traffic = new PassedTraffic();
  const much = { packets: 100, bytes: 100_000 };
  const grown = traffic.read({ passed_other_down_ipv4: much, passed_content_up_ipv4: much }, served);
  expect(traffic.contentBytes).toBe(0);
  expect(grown).toEqual({ passed_other_down_ipv4: much, passed_content_up_ipv4: much });
});

it('goes on where counters begin again, as after a replacement of the rules', () => {
  const traffic = new PassedTraffic();
  traffic.read(down(2, 2_056), served);
  traffic.read(down(3, 3_084), served);
  expect(traffic.read(down(1, 1_028), served)).toEqual(down(1, 1_028));
  expect(traffic.contentBytes).toBe(4 * 900);
});

it('knows a usual proportion before anything was served', () => {
  const traffic = new PassedTraffic();
  traffic.read(down(1, 1_028), { contentBytes: 0, payloadBytes: 0 });
  expect(traffic.contentBytes).toBe(940);
});

it('never falls, whatever is read', () => {
  const count = fc.record({ packets: fc.nat(1_000), bytes: fc.nat(1_000_000) });
  fc.assert(
    fc.property(fc.array(fc.tuple(count, fc.nat(20_000_000)), { maxLength: 20 }), (readings) => {
      const traffic = new PassedTraffic();
      for (const [{ packets, bytes }, contentBytes] of readings) {
        const before = traffic.contentBytes;
        traffic.read(down(packets, bytes), { contentBytes, payloadBytes: 10_000_000 });
        expect(traffic.contentBytes).toBeGreaterThanOrEqual(before);
      }
    }),
  );
});
