// `npm run test:asan`: the tests of the native UDP sockets, with an addon that AddressSanitizer watches.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { env, execPath, exit, stderr } from 'node:process';
import { addonFile, buildSanitisedAddon } from './native.mjs';
import { root, setUpPackages } from './setup.mjs';

setUpPackages();
const reason = buildSanitisedAddon();
if (reason) {
  stderr.write(`weir: ${reason}\n`);
  exit(1);
}
const { stdout } = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
const { status } = spawnSync(
  execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), 'libs/datagram/src/native', '--runInBand', '--selectProjects', 'unit'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...env,
      LD_PRELOAD: stdout.trim(),
      // Node keeps what it allocates to its end; what our own code loses shows in use after free and overflow.
      ASAN_OPTIONS: 'detect_leaks=0:halt_on_error=1:abort_on_error=1',
      WEIR_NATIVE_ADDON: addonFile('Debug'),
    },
  },
);
exit(status ?? 1);
