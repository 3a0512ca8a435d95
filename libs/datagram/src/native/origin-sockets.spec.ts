import type { Address } from '@weir/ppspp';
import type { NativeAddon, UdpSocketParts, UdpWishes } from './addon';
import { OriginSockets } from './origin-sockets';

/** An addon that gives each socket a number, and knows which are open. */
function fakeAddon(open: Map<number, UdpWishes>): NativeAddon {
  let next = 3;
  return {
    layoutVersion: 6,
    limits: {},
    PassingSocket: class {
      pass(): number {
        return 0;
      }
      close(): void {
        return undefined;
      }
    },
    UdpSocket: class {
      constructor(private readonly parts: UdpSocketParts) {}
      receive(): void {
        return undefined;
      }
      send(): void {
        return undefined;
      }
      discard(): number {
        return 0;
      }
      close(): void {
        open.delete(this.parts.fd);
      }
    },
    openUdp: (wishes) => {
      if (wishes.port === 13) throw Object.assign(new RangeError('no'), { code: 'EPERM' });
      open.set(next, wishes);
      return next++;
    },
    openTcp: () => 0,
    connectTcp: () => 0,
    closeSocket: () => undefined,
    localAddress: (): Address => origin(1),
    encodeAddress: () => true,
    notifyService: () => 0,
  };
}

const origin = (port: number) => ({ ip: '198.51.100.7', port });
const shared = {
  arena: new Uint8Array(),
  runs: new Uint32Array(),
  outcome: new Uint32Array(),
  onWritable: () => undefined,
};

describe('OriginSockets', () => {
  const open = new Map<number, UdpWishes>();
  const portsOpen = () => [...open.values()].map(({ port }) => port);
  let sockets: OriginSockets;

  beforeEach(() => {
    open.clear();
    sockets = new OriginSockets(fakeAddon(open), { transparent: true, mark: 3, dscp: 10 }, shared, 2);
  });

  it('has one socket for each address, transparent, marked, and deaf', () => {
    const socket = sockets.socketOf(origin(1), true);
    expect(sockets.socketOf(origin(1), true)).toBe(socket);
    expect([...open.values()]).toEqual([{ ...origin(1), mark: 3, dscp: 10, transparent: true, sendOnly: true }]);
  });

  it('closes the one unused longest for a new one', () => {
    for (const port of [1, 2, 1, 3]) sockets.socketOf(origin(port), true);
    expect(portsOpen()).toEqual([1, 3]);
    expect(sockets.size).toBe(2);
  });

  it('closes none that something may wait for', () => {
    for (const port of [1, 2]) sockets.socketOf(origin(port), false);
    expect(sockets.socketOf(origin(3), false)).toBe('queue-full');
    expect(portsOpen()).toEqual([1, 2]);
  });

  it('tells why there is none, and closes all at its end', () => {
    sockets.socketOf(origin(1), true);
    expect(sockets.socketOf(origin(13), true)).toBe('denied');
    sockets.close();
    expect(portsOpen()).toEqual([]);
  });
});
