import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** The version in the nearest package.json above a folder: sources and what is built of them lie at different depths. */
export function versionAbove(folder: string): string {
  const text = readIfThere(join(folder, 'package.json'));
  if (text !== undefined) return manifest.parse(JSON.parse(text)).version;
  const parent = dirname(folder);
  return parent === folder ? 'unknown' : versionAbove(parent);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
