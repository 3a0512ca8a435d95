import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * Writes `value` as JSON, under a line with its CRC-32, in place of what the file held: on disk when it resolves, and at no moment
 * half of it. Rejects with what the file system says. Nobody waits for the disk meanwhile.
 */
export async function writeSealedFile(file: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(`crc32 ${sumOf(text)}\n${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

/** Writes `text` in place of what the file held: on disk when it returns, and at no moment half of it. Throws what the file system does. */
export function replaceFile(file: string, text: string): void {
  const fresh = `${file}.new`;
  writeDown(openSync(fresh, 'w', 0o600), text);
  renameSync(fresh, file);
  syncDirectory(dirname(file));
}

/**
 * Writes `text` behind what the file holds: on disk when it returns. Throws what the file system does, and then part of it may
 * be there.
 */
export function extendFile(file: string, text: string): void {
  writeDown(openSync(file, 'a', 0o600), text);
}

function writeDown(descriptor: number, text: string): void {
  try {
    // All of it, or it throws: a disk that fills up takes a part without a word.
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What a file holds that `writeSealedFile` wrote; undefined if it is not what was written. */
export function unsealed(content: string): unknown {
  const [head, text] = content.split('\n');
  return text !== undefined && head === `crc32 ${sumOf(text)}` ? JSON.parse(text) : undefined;
}

/** What `writeSealedFile` wrote; undefined if there is none, or it is not what was written. */
export function readSealedFile(file: string): unknown {
  try {
    return unsealed(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Makes what was renamed in a directory outlast a power cut. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A line of a file that grows: its CRC-32, and `value` as JSON. */
export function sealedLine(value: unknown): string {
  const text = JSON.stringify(value);
  return `${sumOf(text)} ${text}\n`;
}

/** What `sealedLine` wrote, without its end; undefined if it is not what was written. */
export function readSealedLine(line: string): unknown {
  const text = line.slice(sumDigits + 1);
  try {
    return line.startsWith(`${sumOf(text)} `) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

const sumDigits = 8;

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(sumDigits, '0');
}
