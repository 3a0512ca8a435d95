import { type Stats, unwatchFile, watchFile } from 'node:fs';

/** How often files are looked at: a certificate is renewed weeks before it ends. */
const intervalMillis = 5_000;

/**
 * Calls `changed` after any of the files did, also when one is replaced, or is a link to what is replaced. Keeps no
 * process alive. Returns what ends it.
 */
export function watchFiles(
  paths: readonly string[],
  changed: () => void,
  interval: number = intervalMillis,
): () => void {
  const listener = (now: Stats, before: Stats): void => {
    const isSame = now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size;
    if (!isSame) changed();
  };
  // By asking, not by the kernel's word: that is of one inode, and renewals put another in its place.
  for (const path of paths) watchFile(path, { interval, persistent: false }, listener);
  return () => {
    for (const path of paths) unwatchFile(path, listener);
  };
}
