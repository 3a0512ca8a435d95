import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MembershipVerifier } from '@weir/membership';
import { decodeResponse, encodeRequest, type ConnectRequest, type Response } from '@weir/ppstp';
import { ppstpMediaType, type RunningTracker, startTracker } from './index';

const swarmId = 'ab'.repeat(20);
const here = { ip: '127.0.0.1', port: 7000, priority: 1, type: 'HOST' } as const;
const elsewhere = { ...here, ip: '127.0.0.2', priority: 9 } as const;
const ids = { transactionId: 'one', peerId: 'me' };
const joining: ConnectRequest = {
  ...ids,
  type: 'CONNECT',
  addresses: [elsewhere, here],
  actions: [{ swarmId, action: 'JOIN', mode: 'SEEDER' }],
};
const stat = { swarmId, uploadedBytes: 0, downloadedBytes: 0, availableBandwidth: 0, concurrentLinks: 0 };

describe('a tracker with an authority', () => {
  let directory: string;
  let tracker: RunningTracker;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weir-tracker-'));
    tracker = await startTracker({ listen: '127.0.0.1:0', membershipDirectory: directory });
  });
  afterEach(async () => {
    await tracker.close();
    await rm(directory, { recursive: true });
  });

  const ask = async (request: Parameters<typeof encodeRequest>[0]): Promise<Response> => {
    const headers = { 'content-type': ppstpMediaType };
    const answer = await fetch(tracker.url, { method: 'POST', body: encodeRequest(request), headers });
    const decoded = decodeResponse(await answer.text());
    if (!decoded.ok) throw new TypeError(decoded.fault);
    return decoded.message;
  };

  const certificateIn = ({ results: [result] }: Response): Uint8Array | undefined => result?.certificate;

  it('certifies whoever joins, for the address that it was asked from and no other', async () => {
    const certificate = certificateIn(await ask(joining));
    const authority = await readFile(tracker.membershipCa ?? '', 'utf8');
    const verdict = new MembershipVerifier([authority]).check(certificate ?? new Uint8Array(), swarmId);
    expect(verdict).toMatchObject({ ok: true, address: { ip: '127.0.0.1', port: 7000 } });
    expect(verdict.ok && verdict.validFor / 3_600_000_000).toBeLessThanOrEqual(12);
  });

  it('certifies nobody for an address that is not where the request came from', async () => {
    expect(certificateIn(await ask({ ...joining, addresses: [elsewhere] }))).toBeUndefined();
    expect(certificateIn(await ask({ ...joining, peerId: 'two', addresses: [] }))).toBeUndefined();
  });

  it('certifies nobody who leaves, looks, or reports of a swarm that it is not in', async () => {
    await ask(joining);
    const report = { ...ids, type: 'STAT_REPORT', stats: [stat, { ...stat, swarmId: 'cd' }] } as const;
    const [own, other] = (await ask(report)).results;
    expect([own?.certificate !== undefined, other?.certificate]).toEqual([true, undefined]);
    expect(certificateIn(await ask({ ...ids, type: 'FIND', swarmId }))).toBeUndefined();
    const leaving: ConnectRequest = { ...joining, actions: [{ swarmId, action: 'LEAVE', mode: 'SEEDER' }] };
    expect(certificateIn(await ask(leaving))).toBeUndefined();
  });

  it('has the same authority after a restart', async () => {
    const before = await readFile(tracker.membershipCa ?? '', 'utf8');
    await tracker.close();
    tracker = await startTracker({ listen: '127.0.0.1:0', membershipDirectory: directory });
    expect(await readFile(tracker.membershipCa ?? '', 'utf8')).toBe(before);
    expect(certificateIn(await ask(joining))).toBeDefined();
  });

  it('bounds what one answer carries, and counts what it issues', async () => {
    const actions = Array.from(
      { length: 40 },
      (_, at) => ({ swarmId: `ab${String(at + 10)}`, action: 'JOIN', mode: 'SEEDER' }) as const,
    );
    const { results } = await ask({ ...joining, actions });
    // As many as one address gets in a second, or in two.
    const count = results.filter(({ certificate }) => certificate !== undefined).length;
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(16);
    const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
    expect(metrics).toContain(`ppstp_tracker_certificates_total{outcome="issued"} ${String(count)}`);
  });
});

it('does not start with an authority that it cannot use', async () => {
  const starting = startTracker({
    listen: '127.0.0.1:0',
    membershipKey: '/nonexistent/key.pem',
    membershipCertificate: '/nonexistent/ca.pem',
  });
  await expect(starting).rejects.toMatchObject({ code: 'MEMBERSHIP_FILE_UNUSABLE' });
});
