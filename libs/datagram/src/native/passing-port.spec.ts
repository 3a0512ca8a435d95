import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { geteuid, stderr } from 'node:process';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { datagramBytesMax } from '../limits';
import type { NativeAddon, PassingWishes } from './addon';
import { addonFile, codeOf, describeNative, freeDescriptor, open, until, type Opened } from './native.testing';
import { PassingPort } from './passing-port';

const mark = 0x7765_0003;
const lengths = fc.oneof(fc.nat(1_500), fc.constantFrom(0, 1, 8_216, 9_001, datagramBytesMax - 1, datagramBytesMax));
const ports = fc.integer({ min: 1, max: 65_535 });

/** A thread that opens a socket, and waits. */
const forgetting = `
const { parentPort, workerData } = require('node:worker_threads');
const { PassingSocket } = require(workerData.file);
const socket = new PassingSocket({ ip: '127.0.0.1', port: 0, mark: workerData.mark, transparent: true });
parentPort.on('message', () => socket.close());
parentPort.postMessage('open');
`;

describeNative('PassingPort', (addon) => {
  if (geteuid?.() === 0) describePassing(addon);
  else {
    stderr.write('skipped, PassingPort: it needs root\n');
    it.skip('it needs root', () => undefined);
  }

  it('opens both of its sockets or none', () => {
    const open = new Set<string>();
    const failing: NativeAddon = {
      ...addon,
      PassingSocket: class {
        constructor({ ip }: PassingWishes) {
          if (ip === '::1') throw Object.assign(new RangeError('no'), { code: 'EPERM' });
          open.add(ip);
        }
        pass(): number {
          return 0;
        }
        close(): void {
          open.clear();
        }
      },
    };
    expect(codeOf(() => new PassingPort(mark, failing).open())).toBe('DATAGRAM_PRIVILEGE_MISSING');
    expect(open.size).toBe(0);
  });
});

function describePassing(addon: NativeAddon): void {
  describe.each([
    ['127.0.0.1', '203.0.113.9'],
    ['::1', '2001:db8::9'],
  ])('to %s', (ip, foreign) => {
    let passing: PassingPort;
    let receiver: Opened;

    beforeEach(async () => {
      passing = new PassingPort(mark, addon);
      passing.open();
      receiver = await open({ ip, port: 0 }, { addon });
    });

    afterEach(async () => {
      passing.close();
      await receiver.port.close();
    });

    it('sends any datagram on from the address and port of its sender, unchanged', async () => {
      const to = receiver.port.local;
      await fc.assert(
        fc.asyncProperty(lengths, ports, async (length, port) => {
          const bytes = randomBytes(length);
          receiver.received.length = 0;
          expect(passing.pass({ to, from: { ip: foreign, port }, bytes })).toBeUndefined();
          // A wrong checksum would not arrive.
          await until(() => receiver.received.length === 1);
          expect(receiver.received[0]?.from).toEqual({ ip: foreign, port });
          expect(Buffer.from(receiver.received[0]?.bytes ?? []).equals(bytes)).toBe(true);
        }),
        { numRuns: 60 },
      );
    });

    it('takes one socket for any number of flows, and counts', () => {
      const before = freeDescriptor();
      const bytes = new Uint8Array(10);
      for (let port = 1; port <= 2_000; port++)
        expect(passing.pass({ to: receiver.port.local, from: { ip: foreign, port }, bytes })).toBeUndefined();
      expect(freeDescriptor()).toBe(before);
      expect(passing.takeCounts()).toMatchObject({ sentDatagrams: 2_000, sentBytes: 20_000 });
    });

    it('tells what it cannot send', () => {
      const to = receiver.port.local;
      const from = { ip: foreign, port: 7 };
      const other = { ip: ip === '::1' ? '192.0.2.1' : '2001:db8::1', port: 7 };
      const bytes = new Uint8Array(1);
      expect(passing.pass({ to: other, from, bytes })).toBe('unreachable');
      expect(passing.pass({ to: { ip: 'there', port: 7 }, from, bytes })).toBe('address-invalid');
      expect(passing.pass({ to, from: { ip: 'here', port: 7 }, bytes })).toBe('address-invalid');
      expect(passing.pass({ to, from, bytes: new Uint8Array(datagramBytesMax + 30) })).toBe('too-large');
      passing.close();
      expect(passing.pass({ to, from, bytes })).toBe('closed');
      expect(passing.takeCounts().faults).toMatchObject({
        unreachable: 1,
        'address-invalid': 2,
        'too-large': 1,
        closed: 1,
      });
    });
  });

  it('closes its descriptors at the end of a thread that forgets to', async () => {
    const before = openDescriptors();
    const worker = new Worker(forgetting, { eval: true, workerData: { file: addonFile, mark } });
    await once(worker, 'message');
    await worker.terminate();
    expect(openDescriptors()).toBe(before);
  });

  it('closes its descriptors', () => {
    const before = freeDescriptor();
    const passing = new PassingPort(mark, addon);
    passing.open();
    expect(freeDescriptor()).not.toBe(before);
    passing.close();
    passing.close();
    expect(freeDescriptor()).toBe(before);
  });
}

/** How many descriptors the process has. */
function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
