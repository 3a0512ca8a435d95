import { once } from 'node:events';
import { lineBetween } from './crossed-lines';
import { HandoverLine, type HandedDatagram } from './handover';
import { handoverBytesMax } from './limits';

const from = { ip: '192.0.2.1', port: 6_778 };

function handed(bytes: Uint8Array): HandedDatagram {
  return { from, port: 0, bytes, arrivedAt: 5 };
}

describe('HandoverLine', () => {
  const open: HandoverLine[] = [];
  afterEach(() => {
    for (const line of open.splice(0)) line.close();
  });

  /** A line of which one end is kept silent, as a thread is that does nothing. */
  function line(): { near: HandoverLine; far: () => Promise<readonly HandedDatagram[]> } {
    const [one, other] = lineBetween(0, 1);
    const near = new HandoverLine(one, () => undefined);
    open.push(near);
    const far = (): Promise<readonly HandedDatagram[]> =>
      new Promise((resolve) => {
        open.push(new HandoverLine(other, resolve));
      });
    return { near, far };
  }

  it('hands datagrams on in their order, with all that is known of them', async () => {
    const { near, far } = line();
    const origin = { ip: '198.51.100.7', port: 1 };
    const datagrams = [{ ...handed(Buffer.from('one')), origin, port: 3 }, handed(Buffer.from('other'))];
    expect(near.send(datagrams)).toBe(2);
    expect(await far()).toEqual(datagrams.map((datagram) => ({ ...datagram, bytes: Uint8Array.from(datagram.bytes) })));
  });

  it('takes along no more memory than the bytes', async () => {
    const { near, far } = line();
    near.send([handed(new Uint8Array(65_536).subarray(100, 200))]);
    expect((await far()).map(({ bytes }) => bytes.buffer.byteLength)).toEqual([100]);
  });

  it('takes so much and no more until the other end hears, and then as much again', async () => {
    const { near, far } = line();
    const datagram = handed(new Uint8Array(1_000));
    const fit = Math.floor(handoverBytesMax / 1_512);
    const many = Array.from({ length: fit + 10 }, () => datagram);
    expect(near.send(many)).toBe(fit);
    expect(near.send(many)).toBe(0);
    expect(await far()).toHaveLength(fit);
    expect(near.send(many)).toBe(fit);
  });

  it('ends with its port', async () => {
    const [one, other] = lineBetween(0, 1);
    const line = new HandoverLine(one, () => undefined);
    const closed = once(other.port, 'close');
    other.port.start();
    line.close();
    await closed;
    expect(line.thread).toBe(1);
  });
});
