import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * Writes `value` as JSON, under a line with its CRC-32, in place of what the file held: on disk when it returns, and at no moment
 * half of it. Throws what the file system does.
 */
export function writeSealedFile(file: string, value: unknown): void {
  const text = JSON.stringify(value);
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    // All of it, or it throws: a disk that fills up takes a part without a word.
    writeFileSync(descriptor, `crc32 ${sumOf(text)}\n${text}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
  syncDirectory(dirname(file));
}

/** What `writeSealedFile` wrote; undefined if there is none, or it is not what was written. */
export function readSealedFile(file: string): unknown {
  try {
    const [head, text] = readFileSync(file, 'utf8').split('\n');
    return text !== undefined && head === `crc32 ${sumOf(text)}` ? JSON.parse(text) : undefined;
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

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
