// Inputs on disk: one a line, in hex, so that a change is a line of a diff.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The inputs of a file; none if it is not there. Lines that begin with `#` are remarks. */
export function readCorpus(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => Buffer.from(line, 'hex'));
}

/** Writes inputs in an order that does not depend on how they were found. */
export function writeCorpus(path, inputs) {
  mkdirSync(dirname(path), { recursive: true });
  const lines = [...new Set(inputs.map((input) => Buffer.from(input).toString('hex')))].filter((line) => line !== '');
  lines.sort((left, right) => left.length - right.length || (left < right ? -1 : 1));
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
}
