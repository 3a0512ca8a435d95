import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MembershipVerifier } from '@weir/membership';
import { startTracker } from '@weir/tracker';
import { Registration } from './registration';
import { until } from './registration.testing';

const stats = { uploadedBytes: 0, downloadedBytes: 0, availableBandwidth: 0, concurrentLinks: 0 };

it('hands on the certificates that come with CONNECT and with STAT_REPORT, of our swarms', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weir-registration-'));
  const tracker = await startTracker({ listen: '127.0.0.1:0', membershipDirectory: directory });
  const came: { readonly swarmId: string; readonly certificate: Uint8Array }[] = [];
  const registration = new Registration(
    {
      trackers: [tracker.url],
      addresses: [{ ip: '127.0.0.1', port: 7000 }],
      allowLoopback: true,
      reportSeconds: 0.01,
    },
    {
      counters: () => [{ swarmId: 'aa', ...stats }],
      certified: (swarmId, certificate) => came.push({ swarmId, certificate }),
    },
  );
  try {
    registration.join('aa', 'SEEDER');
    registration.start();
    // The first by joining, the second by reporting.
    await until(() => came.length >= 2);
    const [first, second] = came;
    expect(first).toEqual(second);
    const verifier = new MembershipVerifier([await readFile(tracker.membershipCa ?? '', 'utf8')]);
    expect(verifier.check(first?.certificate ?? new Uint8Array(), 'aa')).toMatchObject({
      ok: true,
      address: { ip: '127.0.0.1', port: 7000 },
    });
  } finally {
    await registration.stop();
    await tracker.close();
    await rm(directory, { recursive: true });
  }
});
