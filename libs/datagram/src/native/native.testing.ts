import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { env, stderr } from 'node:process';
import type { Address } from '@weir/ppspp';
import { DatagramError } from '../errors';
import type { DatagramFault } from '../faults';
import type { Datagram } from '../port';
import { loadAddon, nativeDatagrams, type NativeAddon } from './addon';
import { NativePort, type NativePortOptions } from './native-port';

const { WEIR_NATIVE_ADDON: otherFile } = env;

/** The file of the addon under test: the built one, or the one that the environment names, as the sanitised one. */
export const addonFile = otherFile ?? join(__dirname, '../../native/build/Release/weir_datagram.node');

const found = otherFile === undefined ? nativeDatagrams() : loadAddon(otherFile);

/** A chapter that needs the addon; without it, it is skipped with a line that says so. */
export function describeNative(name: string, chapter: (addon: NativeAddon) => void): void {
  if (found.available) {
    const { addon } = found;
    describe(name, () => chapter(addon));
    return;
  }
  stderr.write(`skipped, ${name}: ${found.reason}\n`);
  it.skip(`${name}: ${found.reason}`, () => undefined);
}

/** Lets the event loop turn until the fact holds. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await nextTurn();
}

/** An open port and what it heard. */
export interface Opened {
  readonly port: NativePort;
  readonly received: Datagram[];
  readonly faults: DatagramFault[];
  texts(): string[];
}

/** Opens a port and keeps what it hears. */
export async function open(address: Address, options: NativePortOptions): Promise<Opened> {
  const port = new NativePort(address, options);
  const received: Datagram[] = [];
  const faults: DatagramFault[] = [];
  await port.open(
    (batch) => received.push(...batch),
    (fault) => faults.push(fault),
  );
  return { port, received, faults, texts: () => received.map(({ bytes }) => Buffer.from(bytes).toString()) };
}

/** The number that the next descriptor gets. */
export function freeDescriptor(): number {
  const fd = openSync('/dev/null', 'r');
  closeSync(fd);
  return fd;
}

/** The code of the error that an operation throws, or what else became of it. */
export function codeOf(operation: () => unknown): string {
  try {
    operation();
    return 'none';
  } catch (error) {
    return error instanceof DatagramError ? error.code : String(error);
  }
}
