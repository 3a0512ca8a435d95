/** A file to plant. `innocent`: it only stands there for another one to import. */
export interface Planted {
  readonly file: string;
  readonly code: string;
  readonly innocent?: true;
}

interface PlantedLint extends Planted {
  /** The lint rule that the file breaks; undefined for a file that is in order. */
  readonly breaks?: string;
}

const imports = (file: string, from: string): Planted => ({ file, code: `import '${from}';\nexport {};\n` });
const exportsNothing = (file: string): Planted => ({ file, code: 'export {};\n', innocent: true });

const libs = [
  ...[
    'ppspp',
    'ppstp',
    'policy',
    'datagram',
    'store',
    'verify',
    'membership',
    'rest',
    'digest',
    'tls',
    'intercept',
    'peer',
    'registration',
    'tracker',
  ],
  ...['config', 'telemetry', 'supernode', 'supervision', 'admin', 'cli'],
];

/** For each rule of .dependency-cruiser.cjs, imports that it must refuse. */
export const boundaries: Readonly<Record<string, readonly Planted[]>> = {
  'no-cycle': [
    { ...imports('libs/store/src/hen.ts', './egg'), innocent: true },
    imports('libs/store/src/egg.ts', './hen'),
  ],
  resolvable: [imports('libs/store/src/lost.ts', './nowhere')],
  'index-only': [
    imports('libs/peer/src/deep.ts', '../../store/src/inner'),
    imports('apps/appliance/src/deep.ts', '../../../libs/peer/src/inner'),
    exportsNothing('libs/store/src/inner.ts'),
    exportsNothing('libs/peer/src/inner.ts'),
  ],
  'index-only-in-tests': [
    imports('libs/peer/src/deep.spec.ts', '../../store/src/inner'),
    imports('test/sim/deep.ts', '../../libs/store/src/inner'),
  ],
  'index-by-alias': [imports('libs/peer/src/relative.ts', '../../store/src')],
  'tests-import-only': [
    imports('libs/store/src/ships.ts', './double.testing'),
    imports('libs/store/src/ships-too.ts', '../../../test/sim/net'),
    exportsNothing('libs/store/src/double.testing.ts'),
    exportsNothing('test/sim/net.ts'),
  ],

  'libs-of-ppspp': [imports('libs/ppspp/src/up.ts', '@weir/ppstp'), imports('libs/ppspp/src/out.ts', '@weir/datagram')],
  'libs-of-ppstp': [imports('libs/ppstp/src/up.ts', '@weir/policy'), imports('libs/ppstp/src/out.ts', '@weir/tracker')],
  'libs-of-policy': [imports('libs/policy/src/out.ts', '@weir/store'), imports('libs/policy/src/up.ts', '@weir/ppspp')],
  'libs-of-datagram': [imports('libs/datagram/src/side.ts', '@weir/store')],
  'libs-of-store': [
    imports('libs/store/src/up.ts', '@weir/peer'),
    {
      file: 'libs/store/src/type.ts',
      code: "import type * as telemetry from '@weir/telemetry';\nexport type { telemetry };\n",
    },
  ],
  'libs-of-verify': [imports('libs/verify/src/side.ts', '@weir/store')],
  'libs-of-membership': [imports('libs/membership/src/side.ts', '@weir/datagram')],
  'libs-of-rest': [imports('libs/rest/src/side.ts', '@weir/membership'), imports('libs/rest/src/up.ts', '@weir/admin')],
  'libs-of-digest': [imports('libs/digest/src/side.ts', '@weir/store')],
  'libs-of-tls': [imports('libs/tls/src/side.ts', '@weir/datagram')],
  'libs-of-intercept': [
    imports('libs/intercept/src/side.ts', '@weir/peer'),
    imports('libs/intercept/src/up.ts', '@weir/supernode'),
  ],
  'libs-of-peer': [
    imports('libs/peer/src/side.ts', '@weir/registration'),
    imports('libs/peer/src/up.ts', '@weir/admin'),
  ],
  'libs-of-registration': [imports('libs/registration/src/side.ts', '@weir/peer')],
  'libs-of-tracker': [imports('libs/tracker/src/up.ts', '@weir/cli')],
  'libs-of-config': [imports('libs/config/src/down.ts', '@weir/peer')],
  'libs-of-telemetry': [imports('libs/telemetry/src/down.ts', '@weir/store')],
  'libs-of-admin': [imports('libs/admin/src/down.ts', '@weir/store')],
  'libs-of-supernode': [imports('libs/supernode/src/side.ts', '@weir/admin')],
  'libs-of-supervision': [imports('libs/supervision/src/side.ts', '@weir/supernode')],
  'libs-of-cli': [imports('libs/cli/src/up.ts', '../../../apps/appliance/src/inner')],
  'libs-of-apps': [
    imports('apps/appliance/src/protocol.ts', '@weir/ppspp'),
    imports('apps/appliance/src/socket.ts', '@weir/datagram'),
    imports('apps/appliance/src/side.ts', '../../tracker/src/inner'),
    exportsNothing('apps/appliance/src/inner.ts'),
    exportsNothing('apps/tracker/src/inner.ts'),
  ],

  'packages-of-ppspp': [imports('libs/ppspp/src/package.ts', 'zod')],
  'packages-of-ppstp': [imports('libs/ppstp/src/package.ts', 'undici')],
  'packages-of-policy': [imports('libs/policy/src/package.ts', 'prom-client')],
  'packages-of-datagram': [imports('libs/datagram/src/package.ts', 'lmdb')],
  'packages-of-store': [imports('libs/store/src/package.ts', '@nestjs/common')],
  'packages-of-verify': [imports('libs/verify/src/package.ts', 'lmdb')],
  'packages-of-membership': [imports('libs/membership/src/package.ts', 'lmdb')],
  'packages-of-rest': [imports('libs/rest/src/package.ts', 'lmdb')],
  'packages-of-digest': [imports('libs/digest/src/package.ts', 'undici')],
  'packages-of-tls': [imports('libs/tls/src/package.ts', 'lmdb')],
  'packages-of-intercept': [imports('libs/intercept/src/package.ts', 'undici')],
  'packages-of-peer': [imports('libs/peer/src/package.ts', 'undici')],
  'packages-of-registration': [imports('libs/registration/src/package.ts', 'piscina')],
  'packages-of-tracker': [imports('libs/tracker/src/package.ts', 'undici')],
  'packages-of-config': [imports('libs/config/src/package.ts', 'prom-client')],
  'packages-of-telemetry': [imports('libs/telemetry/src/package.ts', 'yaml')],
  'packages-of-admin': [imports('libs/admin/src/package.ts', 'yaml')],
  'packages-of-supernode': [imports('libs/supernode/src/package.ts', 'lmdb')],
  'packages-of-supervision': [imports('libs/supervision/src/package.ts', 'prom-client')],
  'packages-of-cli': [imports('libs/cli/src/package.ts', 'fast-check')],
  'packages-of-apps': [imports('apps/appliance/src/package.ts', 'lmdb')],

  'pure-without-node': [
    imports('libs/ppspp/src/wire/builtin.ts', 'node:crypto'),
    imports('libs/ppstp/src/builtin.ts', 'node:fs'),
    imports('libs/policy/src/builtin.ts', 'events'),
  ],
  'hash-with-crypto-alone': [imports('libs/ppspp/src/integrity/hash.ts', 'node:fs')],
  'codec-below-state': ['bytes', 'addressing', 'wire'].flatMap((inner) =>
    ['channel', 'swarm', 'endpoint', 'congestion'].flatMap((outer) => [
      imports(`libs/ppspp/src/${inner}/sees-${outer}.ts`, `../${outer}/it`),
      exportsNothing(`libs/ppspp/src/${outer}/it.ts`),
    ]),
  ),

  'nest-in-nest-files': [
    imports('libs/peer/src/driver.ts', '@nestjs/common'),
    imports('libs/intercept/src/rules/script.ts', '@nestjs/common'),
    imports('libs/admin/src/view.ts', '@nestjs/swagger'),
    imports('libs/rest/src/view.ts', 'fastify'),
    imports('apps/appliance/src/logic.ts', '@nestjs/core'),
  ],
  'commander-in-command-files': [imports('libs/cli/src/ctl.service.ts', 'nest-commander')],
  'global-modules-in-nest-files': [
    imports('libs/peer/src/worker.ts', '@weir/config'),
    imports('libs/registration/src/client.ts', '@weir/telemetry'),
    imports('libs/intercept/src/heart/beats.ts', '@weir/config'),
  ],
};

/** What the rules must let pass, so that none of them refuses simply everything. */
export const permitted: readonly Planted[] = [
  ...libs.map((lib) => exportsNothing(`libs/${lib}/src/index.ts`)),
  imports('libs/ppstp/src/messages.ts', 'zod'),
  imports('libs/ppspp/src/vectors.spec.ts', 'node:fs'),
  imports('libs/ppspp/src/channel/sees-wire.ts', '../wire/it'),
  exportsNothing('libs/ppspp/src/wire/it.ts'),
  imports('libs/store/src/lmdb-store.ts', 'lmdb'),
  imports('libs/membership/src/issuer.ts', 'reflect-metadata'),
  imports('libs/tls/src/self-signed.ts', 'reflect-metadata'),
  imports('libs/store/src/extents.ts', '@weir/ppspp'),
  imports('libs/tracker/src/challenge.ts', '@weir/digest'),
  imports('libs/store/src/store.contract.ts', 'fast-check'),
  imports('libs/peer/src/peer.service.ts', '@nestjs/common'),
  imports('libs/peer/src/peer.module.ts', '@weir/config'),
  imports('libs/peer/src/loop.ts', '@weir/store'),
  imports('libs/intercept/src/passing.ts', '@weir/datagram'),
  imports('libs/supernode/src/binding.service.ts', '@weir/intercept'),
  imports('libs/peer/src/loop.spec.ts', '../../store/src/double.testing'),
  imports('libs/admin/src/health.controller.ts', '@weir/telemetry'),
  imports('libs/cli/src/seed.command.ts', 'nest-commander'),
  imports('apps/appliance/src/main.ts', '@nestjs/core'),
  imports('apps/appliance/src/app.module.ts', '@weir/peer'),
  imports('test/sim/run.spec.ts', '@weir/store'),
];

const comment = '/** Planted. */\n';

/** Files that break one lint rule each, and files that do what only they may. */
export const lints: readonly PlantedLint[] = [
  {
    file: 'libs/peer/src/environment.ts',
    code: `${comment}export const port = process.env['PORT'];\n`,
    breaks: 'no-restricted-syntax',
  },
  { file: 'libs/config/src/environment.ts', code: `${comment}export const port = process.env['PORT'];\n` },
  {
    file: 'libs/store/src/throws.ts',
    code: `${comment}export function fail(): never {\n  throw new Error('untyped');\n}\n`,
    breaks: 'no-restricted-syntax',
  },
  {
    file: 'libs/ppspp/src/addressing/shift.ts',
    code: `${comment}export const half = (bin: number): number => bin >> 1;\n`,
    breaks: 'no-bitwise',
  },
  {
    file: 'libs/ppspp/src/wire/shift.ts',
    code: `${comment}export const half = (byte: number): number => byte >> 1;\n`,
  },
  {
    file: 'libs/ppspp/src/clock.ts',
    code: `${comment}export const now = (): number => Date.now();\n`,
    breaks: 'no-restricted-globals',
  },
  {
    file: 'libs/ppspp/src/dice.ts',
    code: `${comment}export const roll = (): number => Math.random();\n`,
    breaks: 'no-restricted-syntax',
  },
  {
    file: 'libs/ppstp/src/waits.ts',
    code: `${comment}export const one = async (): Promise<number> => await Promise.resolve(1);\n`,
    breaks: 'no-restricted-syntax',
  },
  {
    file: 'libs/store/src/undocumented.ts',
    code: 'export const one = 1;\n',
    breaks: 'weir/documented-exports',
  },
  {
    file: 'libs/store/src/casts.ts',
    code: `${comment}export const one = (value: unknown): number => value as number;\n`,
    breaks: '@typescript-eslint/consistent-type-assertions',
  },
  { file: 'libs/store/src/constant.ts', code: `${comment}export const one = ['a', 'b'] as const;\n` },
  {
    file: 'libs/store/src/asserts.ts',
    code: `${comment}export const one = (value?: number): number => value!;\n`,
    breaks: '@typescript-eslint/no-non-null-assertion',
  },
  {
    file: 'libs/store/src/loose.ts',
    code: `${comment}export const one = (value: any): unknown => value;\n`,
    breaks: '@typescript-eslint/no-explicit-any',
  },
  {
    file: 'libs/store/src/parameters.ts',
    code: `${comment}export const sum = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;\n`,
    breaks: 'max-params',
  },
  {
    file: 'libs/store/src/long.ts',
    code: `${comment}export const one = 1;\n${'// more\n'.repeat(300)}`,
    breaks: 'max-lines',
  },
  {
    file: 'libs/store/src/names.ts',
    code: `${comment}export const one = 1;\n${comment}export class ThingManager {\n  readonly one = one;\n}\n`,
    breaks: 'no-restricted-syntax',
  },
];
