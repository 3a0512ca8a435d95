// What is in a package, and where. The addons lie where the compiled code looks for them in a clone, too.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { addonFiles } from '../native.mjs';
import { productionFolders } from './production.mjs';

/** As they are, below the same name. */
const folders = ['docs', 'ops/systemd', 'ops/nftables'];
const files = ['LICENSE', 'CHANGELOG.md', 'README.md'];

/** Read by compilers, debuggers and builds alone. */
const unusedFile = /\.[cm]?ts$|\.map$|^\.sources$/;

/** Lays a package's files out in a folder that does not exist yet. */
export function layOut({ from, to, version }) {
  mkdirSync(to, { recursive: true });
  const place = (source, target = source) => copy(join(from, source), join(to, target));
  for (const name of [...folders, ...files, 'dist']) place(name);
  // Packages of types have nothing that runs. Packages within packages are in the list themselves.
  for (const folder of productionFolders(from)) if (!folder.includes('node_modules/@types/')) place(folder);
  for (const addon of addonFiles()) copy(addon, join(to, addon.slice(from.length)));
  place('bin/weir.js', 'bin/weir');
  place('ops/package/install.sh', 'install.sh');
  place('ops/package/etc', 'etc');
  for (const script of ['bin/weir', 'install.sh']) chmodSync(join(to, script), 0o755);
  writeFileSync(join(to, 'package.json'), manifest(from, version));
  writeFileSync(join(to, 'VERSION'), `${version}\n`);
  writeFileSync(join(to, 'ARCH'), `${arch}\n`);
}

/** A file, or a folder with all below it that is used. */
function copy(source, target) {
  if (!statSync(source).isDirectory()) {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source))
    if (name !== 'node_modules' && !unusedFile.test(name)) copy(join(source, name), join(target, name));
}

/** What the running program and npm's tools read of it: there is nothing to install or build any more. */
function manifest(from, version) {
  const { name, description, license, type, engines } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const own = { name, version, description, license, private: true, type, engines, bin: { weir: 'bin/weir' } };
  return `${JSON.stringify(own, null, 2)}\n`;
}
