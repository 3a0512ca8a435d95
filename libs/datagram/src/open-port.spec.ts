import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DgramPort } from './dgram-port';
import { DatagramError } from './errors';
import { loadAddon, nativeDatagrams, type NativeAvailability } from './native/addon';
import { NativePort } from './native/native-port';
import { createPort } from './open-port';

jest.mock('./native/addon', () => {
  const actual = jest.requireActual<{ nativeDatagrams: () => NativeAvailability }>('./native/addon');
  return { ...actual, nativeDatagrams: jest.fn(actual.nativeDatagrams) };
});

const address = { ip: '127.0.0.1', port: 0 };
const unavailable = { available: false, reason: 'it was not built' } as const;

describe('a port', () => {
  it('is of Node if asked for, whatever is there', () => {
    expect(createPort(address, 'node')).toBeInstanceOf(DgramPort);
  });

  it('is native where the addon is, and of Node where it is not', () => {
    const best = nativeDatagrams().available ? NativePort : DgramPort;
    expect(createPort(address, 'auto')).toBeInstanceOf(best);
    jest.mocked(nativeDatagrams).mockReturnValueOnce(unavailable);
    expect(createPort(address, 'auto')).toBeInstanceOf(DgramPort);
  });

  it('that must be native says why it cannot be', () => {
    jest.mocked(nativeDatagrams).mockReturnValue(unavailable);
    const demand = () => createPort(address, 'native');
    expect(demand).toThrow(DatagramError);
    expect(demand).toThrow('it was not built');
  });
});

describe('an addon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-addon-'));
  const fileOf = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['is not built', () => undefined, 'npm run native'],
    ['is none', () => fileOf('broken.cjs', 'throw new RangeError("broken")'), 'broken'],
    [
      'is of other sources',
      () => fileOf('old.cjs', 'module.exports = { UdpSocket: 1, layoutVersion: 0 }'),
      'another version',
    ],
    ['is something else', () => fileOf('other.cjs', 'module.exports = 1'), 'another version'],
  ])('that %s is a reason, not an exception', (_, file, words) => {
    const found = loadAddon(file());
    expect(found).toEqual({ available: false, reason: expect.stringContaining(words) });
    expect(found).toMatchObject({ reason: expect.stringContaining('npm run native') });
  });
});
