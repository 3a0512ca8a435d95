import type { Address } from '@weir/ppspp';
import { DatagramError } from './errors';
import type { DatagramFault } from './faults';
import { datagramBytesMax, receiveBatchMax } from './limits';
import type { Datagram, DatagramPort } from './port';

/** What the contract needs of an implementation. */
export interface DatagramHarness {
  /** A port at an address of the harness's own, with this number. */
  port(number: number): DatagramPort;
  /** An address of a family that the ports do not speak. */
  readonly foreign: Address;
  /** Lets the network work until the fact holds. */
  until(fact: () => boolean): Promise<void>;
}

interface Listening {
  readonly port: DatagramPort;
  readonly batches: (readonly Datagram[])[];
  readonly faults: DatagramFault[];
  received(): string[];
}

/** What every `DatagramPort` promises. */
export function describeDatagramPort(name: string, create: () => DatagramHarness): void {
  describe(`${name}, as a datagram port`, () => {
    let harness: DatagramHarness;
    const opened: DatagramPort[] = [];

    async function listen(number = 0): Promise<Listening> {
      const port = harness.port(number);
      const batches: (readonly Datagram[])[] = [];
      const faults: DatagramFault[] = [];
      opened.push(port);
      await port.open(
        (batch) => batches.push(batch),
        (fault) => faults.push(fault),
      );
      const received = () => batches.flat().map(({ bytes }) => Buffer.from(bytes).toString());
      return { port, batches, faults, received };
    }

    beforeEach(() => (harness = create()));

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((port) => port.close()));
    });

    it('takes a free port when asked for none, and tells it', async () => {
      const { port } = await listen();
      expect(port.local.port).toBeGreaterThan(0);
    });

    it('delivers bytes with both addresses and the time, in order on a good network', async () => {
      const [one, other] = [await listen(), await listen()];
      const sent = Array.from({ length: 40 }, (_, index) => `datagram ${String(index)}`);
      expect(one.port.send(sent.map((text) => ({ to: other.port.local, bytes: Buffer.from(text) })))).toBe(40);
      await harness.until(() => other.received().length === 40);
      expect(other.received()).toEqual(sent);
      const [first] = other.batches.flat();
      expect(first).toMatchObject({ from: one.port.local, to: other.port.local });
      expect(Number.isInteger(first?.arrival)).toBe(true);
    });

    it('never hands over more than one batch holds', async () => {
      const [one, other] = [await listen(), await listen()];
      const bytes = Buffer.from('x');
      // Half a batch at a time, so that a small kernel buffer holds it.
      for (let round = 1; round <= 4; round++) {
        one.port.send(Array.from({ length: receiveBatchMax / 2 }, () => ({ to: other.port.local, bytes })));
        await harness.until(() => other.received().length === (round * receiveBatchMax) / 2);
      }
      for (const batch of other.batches) expect(batch.length).toBeLessThanOrEqual(receiveBatchMax);
      expect(other.batches.every((batch) => batch.length > 0)).toBe(true);
    });

    it('carries empty datagrams and answers', async () => {
      const [one, other] = [await listen(), await listen()];
      one.port.send([{ to: other.port.local, bytes: new Uint8Array() }]);
      await harness.until(() => other.batches.length > 0);
      other.port.send([{ to: other.batches[0]?.[0]?.from ?? harness.foreign, bytes: Buffer.from('answer') }]);
      await harness.until(() => one.received().length > 0);
      expect(one.received()).toEqual(['answer']);
    });

    it('refuses an address in use with a typed error that says so', async () => {
      const { port } = await listen();
      const refused = listen(port.local.port);
      await expect(refused).rejects.toBeInstanceOf(DatagramError);
      await expect(refused).rejects.toMatchObject({ code: 'DATAGRAM_ADDRESS_IN_USE' });
    });

    it('frees the address when closed, twice if asked', async () => {
      const { port } = await listen();
      await port.close();
      await port.close();
      expect((await listen(port.local.port)).port.local).toEqual(port.local);
    });

    it('reports what it cannot send as faults, and sends the rest', async () => {
      const [one, other] = [await listen(), await listen()];
      const to = other.port.local;
      const taken = one.port.send([
        { to: harness.foreign, bytes: Buffer.from('foreign') },
        { to: { ...to, port: 0 }, bytes: Buffer.from('no port') },
        { to, bytes: Buffer.from('good') },
      ]);
      one.port.send([{ to, bytes: new Uint8Array(datagramBytesMax + 1) }]);
      await harness.until(() => other.received().length === 1 && one.faults.length === 3);
      expect(taken).toBe(1);
      expect(one.faults.map(({ kind }) => kind)).toEqual(['unreachable', 'address-invalid', 'too-large']);
      expect(one.faults[0]?.to).toEqual(harness.foreign);
    });

    it('counts what it did, once', async () => {
      const [one, other] = [await listen(), await listen()];
      one.port.send([{ to: other.port.local, bytes: Buffer.from('12345') }]);
      one.port.send([{ to: harness.foreign, bytes: Buffer.from('1') }]);
      await harness.until(() => other.received().length === 1);
      const counts = one.port.takeCounts();
      expect(counts).toMatchObject({ sentDatagrams: 1, sentBytes: 5, receivedDatagrams: 0 });
      expect(counts.faults.unreachable).toBe(1);
      expect(other.port.takeCounts()).toMatchObject({ receivedDatagrams: 1, receivedBytes: 5, sentDatagrams: 0 });
      expect(other.port.takeCounts()).toMatchObject({ receivedDatagrams: 0, receivedBytes: 0 });
    });

    it('takes nothing and calls nobody once closed', async () => {
      const [one, other] = [await listen(), await listen()];
      await one.port.close();
      expect(one.port.send([{ to: other.port.local, bytes: Buffer.from('late') }])).toBe(0);
      expect(one.faults).toEqual([]);
      expect(one.port.takeCounts().faults.closed).toBe(1);
    });
  });
}
