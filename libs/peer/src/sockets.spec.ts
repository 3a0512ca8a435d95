import { closeNativeSocket, nativeDatagrams, openNativeSocket } from '@weir/datagram';
import { hasNativeSockets, Sockets } from './sockets';

const native = nativeDatagrams();
/** What several threads share needs native sockets; where they are not built, there is one thread, which has its own. */
const withNative = native.available ? describe : describe.skip;

it('are opened apart from threads only where they are native', () => {
  expect(hasNativeSockets('node')).toBe(false);
  expect(hasNativeSockets('native')).toBe(true);
  expect(hasNativeSockets()).toBe(native.available);
});

withNative('the sockets of datapath threads', () => {
  const listen = [
    { ip: '127.3.0.21', port: 0 },
    { ip: '::1', port: 0 },
  ];
  const open: Sockets[] = [];

  function sockets(threads: number, at = listen): Sockets {
    const opened = new Sockets({ listen: at, threads });
    open.push(opened);
    return opened;
  }

  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  it('have one address for all threads, and a descriptor for each', () => {
    const { threads, addresses } = sockets(3);
    expect(addresses.map(({ ip }) => ip)).toEqual(listen.map(({ ip }) => ip));
    for (const { service, intercepting } of threads) {
      expect(service.map(({ local }) => local)).toEqual(addresses);
      expect(intercepting).toEqual([]);
    }
    const descriptors = threads.flatMap(({ service }) => service.map(({ fd }) => fd));
    expect(new Set(descriptors).size).toBe(3 * listen.length);
  });

  it.each([1, 2])('are refused where somebody else has the address, of %i threads', (threads) => {
    const { addresses } = sockets(threads);
    for (const others of [1, 2]) expect(() => sockets(others, [...addresses])).toThrow(/another process has it/);
  });

  it('are all closed when one cannot be opened', () => {
    const taken = openNativeSocket({ ip: '127.3.0.22', port: 0 });
    const [address = taken.local] = sockets(1, [{ ip: '127.3.0.21', port: 0 }]).addresses;
    open.pop()?.close();
    expect(() => sockets(2, [address, taken.local])).toThrow(/another process has it/);
    closeNativeSocket(openNativeSocket(address));
    closeNativeSocket(taken);
  });
});
