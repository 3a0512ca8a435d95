import type { Member } from '@weir/membership';
import { limits as messageLimits } from '@weir/ppstp';
import { CertificateDesk, type CertificateOutcome } from './certificate-desk';
import { limits } from './limits';

const hour = 3_600_000;
const member = (host: number, swarmId = 'ab'): Member => ({
  swarmId,
  address: { ip: `192.0.2.${String(host)}`, port: 6778 },
});

describe('a desk that gives certificates', () => {
  let now = 0;
  let bytes = 400;
  let issued = 0;
  let outcomes: CertificateOutcome[] = [];
  let desk: CertificateDesk;

  beforeEach(() => {
    now = 1_000_000;
    bytes = 400;
    issued = 0;
    outcomes = [];
    const issue = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(bytes).fill(++issued));
    desk = new CertificateDesk(
      { lifetimeMillis: 12 * hour, issue },
      (outcome) => outcomes.push(outcome),
      () => now,
    );
  });

  const serial = async (who: Member, asked = true): Promise<number | undefined> =>
    (await desk.certify(who, asked))?.[0];

  it('gives the same one again to who joins, for half of its life', async () => {
    expect(await serial(member(1))).toBe(1);
    now += 6 * hour - 1;
    expect(await serial(member(1))).toBe(1);
    now += 1;
    expect(await serial(member(1))).toBe(2);
    expect(outcomes).toEqual(['issued', 'repeated', 'issued']);
  });

  it('gives to who reports only what is new, and again for some minutes', async () => {
    expect(await serial(member(1), false)).toBe(1);
    now += limits.repeatMillis - 1;
    expect(await serial(member(1), false)).toBe(1);
    now += 1;
    expect(await serial(member(1), false)).toBeUndefined();
    now += 6 * hour;
    expect(await serial(member(1), false)).toBe(2);
  });

  it('signs once for two that ask at a time', async () => {
    expect(await Promise.all([serial(member(1)), serial(member(1))])).toEqual([1, 1]);
  });

  it('has one for each member of each swarm', async () => {
    expect([await serial(member(1)), await serial(member(2)), await serial(member(1, 'cd'))]).toEqual([1, 2, 3]);
  });

  it('issues no more in a second than it may, to one address and to all', async () => {
    const swarms = Array.from({ length: limits.issuedPerAddressMax + 1 }, (_, at) => (at + 16).toString(16));
    const mine = await Promise.all(swarms.map((swarmId) => serial(member(1, swarmId))));
    expect(mine.filter((one) => one !== undefined)).toHaveLength(limits.issuedPerAddressMax);
    const others = await Promise.all(Array.from({ length: 100 }, (_, at) => serial(member(2 + at))));
    expect(others.filter((one) => one !== undefined)).toHaveLength(
      limits.issuedPerSecondMax - limits.issuedPerAddressMax,
    );
    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(102 - limits.issuedPerSecondMax + 9);
    now += 1_000;
    expect(await serial(member(1, swarms.at(-1)))).toBe(limits.issuedPerSecondMax + 1);
  });

  it('gives none that no packet holds, none of a swarm without a name in hex, and none that could not be made', async () => {
    bytes = messageLimits.certificateBytesMax + 1;
    expect(await serial(member(1))).toBeUndefined();
    expect(await serial(member(2, 'video'))).toBeUndefined();
    const broken = new CertificateDesk({ lifetimeMillis: hour, issue: () => Promise.reject(new TypeError('no')) });
    expect(await broken.certify(member(1), true)).toBeUndefined();
  });

  it('forgets the oldest when it holds many', async () => {
    for (let count = 0; count <= limits.certificatesMax; count++) {
      if (count % limits.issuedPerAddressMax === 0) now += 1_000;
      await desk.certify(member(1, (0x10000 + count).toString(16).padStart(6, '0')), true);
    }
    now += 1_000;
    expect(await serial(member(1, '010001'))).toBe(2);
    const before = issued;
    await desk.certify(member(1, '010000'), true);
    expect(issued).toBe(before + 1);
  });
});
