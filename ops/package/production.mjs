// The packages that run, without those that only build and test: found by the lock, taken from what is installed, so that
// packing needs no registry.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Folders below `root`, sorted, of all packages that the dependencies in package.json come to. A package that others may do
 * without (of another platform, say) is taken if it is installed. Throws when one that they need is not.
 */
export function productionFolders(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const found = new Set();
  const queue = Object.keys(packages[''].dependencies).map((name) => ({ name, from: '', demanded: true }));
  for (const { name, from, demanded } of queue) {
    const folder = resolved(packages, name, from);
    if (folder === undefined || !existsSync(join(root, folder))) {
      if (demanded) throw new Error(`${name}, which ${from || 'package.json'} needs, is not installed`);
      continue;
    }
    if (found.has(folder)) continue;
    found.add(folder);
    queue.push(...wantedBy(packages[folder], folder));
  }
  return [...found].sort();
}

/** As Node looks for it: beside the asking package, then in each folder above. */
function resolved(packages, name, from) {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const folder = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    if (folder in packages) return folder;
    if (place === '') return undefined;
  }
}

/** Peers that a package may do without are there only if somebody else demands them. */
function wantedBy({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta }, from) {
  const may = Object.keys(optionalDependencies).map((name) => ({ name, from, demanded: false }));
  const must = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
    .filter((name) => !(name in optionalDependencies) && peerDependenciesMeta?.[name]?.optional !== true)
    .map((name) => ({ name, from, demanded: true }));
  return [...must, ...may];
}
