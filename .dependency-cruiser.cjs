/**
 * Who may import whom, as an allow-list: what a table does not name is forbidden.
 * `test/architecture.spec.ts` plants a violation of every rule made here and fails if one goes unnoticed.
 */

const pure = ['ppspp', 'ppstp', 'policy'];
const adapters = ['datagram', 'store', 'verify', 'membership', 'tls', 'digest', 'rest'];
const drivers = ['peer', 'registration', 'tracker', 'intercept'];
/** Nest's global modules. What Nest builds in a driver may inject what they provide; the rest of a driver may not. */
const globalModules = ['config', 'telemetry'];

const libsOf = {
  ppspp: [],
  ppstp: ['ppspp'],
  policy: [],
  ...Object.fromEntries(adapters.map((lib) => [lib, pure])),
  ...Object.fromEntries(drivers.map((lib) => [lib, [...pure, ...adapters, ...globalModules]])),
  config: pure,
  telemetry: [...pure, 'config'],
  admin: [...pure, 'rest', ...drivers, ...globalModules],
  supernode: [...pure, ...drivers, ...globalModules],
  supervision: [...pure, ...adapters, ...drivers, ...globalModules],
  cli: [...pure, ...adapters, ...drivers, ...globalModules, 'admin'],
};
/** An app composes modules: it has no business with the protocol, a socket or a database. */
const libsOfApps = [...drivers, ...globalModules, 'supernode', 'supervision', 'admin', 'cli'];

const metrics = ['prom-client'];
const nest = ['@nestjs', 'nestjs-pino', 'reflect-metadata', 'rxjs', 'fastify', '@fastify'];
const commander = ['nest-commander'];

const packagesOf = {
  ppspp: [],
  ppstp: ['zod'],
  policy: [],
  datagram: metrics,
  store: [...metrics, 'lmdb', 'piscina'],
  verify: [...metrics, 'piscina'],
  membership: ['@peculiar/x509', 'reflect-metadata'],
  tls: ['@peculiar/x509', 'reflect-metadata'],
  rest: [...nest, 'zod'],
  digest: [],
  peer: [...metrics, ...nest, 'piscina'],
  registration: [...metrics, ...nest, 'undici', 'cache-manager', 'keyv'],
  tracker: [...metrics, ...nest, 'cache-manager', 'keyv', 'lmdb', 'zod'],
  intercept: [...metrics, ...nest],
  config: [...nest, 'yaml', 'zod'],
  telemetry: [...metrics, ...nest, 'pino', 'pino-http'],
  admin: [...metrics, ...nest, 'zod'],
  supernode: [...metrics, ...nest],
  supervision: nest,
  cli: [...nest, ...commander, 'cli-progress', 'undici', 'zod'],
};
const packagesOfApps = [...nest, ...commander];

const anyOf = (names) => `(?:${names.join('|')})`;
const libPath = (names) => `^libs/${anyOf(names)}/`;
const packagePath = (names) => (names.length === 0 ? '$^' : `node_modules/${anyOf(names)}(?:/|$)`);

const testFile = '\\.(?:spec|contract|testing)\\.ts$';
const nestFile = '\\.(?:module|service|controller|guard|filter|command)\\.ts$';
const commandFile = '\\.(?:module|command)\\.ts$';
/** Write certificates with a library that needs what Nest needs, too. */
const issuerFile = '^libs/(?:membership/src/issuer|tls/src/self-signed)\\.ts$';
const appMain = '^apps/[^/]+/src/main\\.ts$';

const layerRules = Object.entries(libsOf).map(([lib, allowed]) => ({
  name: `libs-of-${lib}`,
  comment: `libs/${lib} may import: ${allowed.join(', ') || 'no other lib'}.`,
  severity: 'error',
  from: { path: libPath([lib]), pathNot: testFile },
  to: { path: '^(?:libs|apps)/', pathNot: libPath([lib, ...allowed]) },
}));

const packageRules = Object.entries(packagesOf).map(([lib, allowed]) => ({
  name: `packages-of-${lib}`,
  comment: `libs/${lib} may use: ${allowed.join(', ') || 'no package'}.`,
  severity: 'error',
  from: { path: libPath([lib]), pathNot: testFile },
  to: { path: 'node_modules/', pathNot: packagePath(allowed) },
}));

const appRules = [
  {
    name: 'libs-of-apps',
    comment: `An app may import: ${libsOfApps.join(', ')}.`,
    severity: 'error',
    from: { path: '^(apps/[^/]+)/', pathNot: testFile },
    to: { path: '^(?:libs|apps)/', pathNot: ['^$1/', libPath(libsOfApps)] },
  },
  {
    name: 'packages-of-apps',
    comment: `An app may use: ${packagesOfApps.join(', ')}.`,
    severity: 'error',
    from: { path: '^apps/', pathNot: testFile },
    to: { path: 'node_modules/', pathNot: packagePath(packagesOfApps) },
  },
];

const pureRules = [
  {
    name: 'pure-without-node',
    comment: 'A pure lib uses nothing of the platform. Hashing is the exception, in one file.',
    severity: 'error',
    from: { path: libPath(pure), pathNot: [testFile, '^libs/ppspp/src/integrity/hash\\.ts$'] },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'hash-with-crypto-alone',
    severity: 'error',
    from: { path: '^libs/ppspp/src/integrity/hash\\.ts$' },
    to: { dependencyTypes: ['core'], pathNot: '^(?:node:)?crypto$' },
  },
  {
    name: 'codec-below-state',
    comment: 'Bytes, addresses and messages know nothing of the peers that exchange them.',
    severity: 'error',
    from: { path: '^libs/ppspp/src/(?:bytes|addressing|wire)/', pathNot: testFile },
    to: { path: '^libs/ppspp/src/(?:channel|swarm|endpoint|congestion)/' },
  },
];

const nestRules = [
  {
    name: 'nest-in-nest-files',
    comment: 'Nest builds modules, services, controllers, guards, filters and commands; the rest runs without it.',
    severity: 'error',
    from: { path: '^(?:libs|apps)/', pathNot: [testFile, nestFile, appMain, issuerFile] },
    to: { path: packagePath(nest) },
  },
  {
    name: 'commander-in-command-files',
    severity: 'error',
    from: { path: '^(?:libs|apps)/', pathNot: [testFile, commandFile, appMain] },
    to: { path: packagePath(commander) },
  },
  {
    name: 'global-modules-in-nest-files',
    comment: 'A driver gets its configuration and registry as parameters; only its Nest files know where from.',
    severity: 'error',
    from: { path: libPath(drivers), pathNot: [testFile, nestFile] },
    to: { path: libPath(globalModules) },
  },
];

const treeRules = [
  { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
  { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'index-only',
    comment: 'A lib is imported through its index.ts. Tests may also use its contracts and test doubles.',
    severity: 'error',
    from: { path: '^(libs/[^/]+|apps/[^/]+)/', pathNot: testFile },
    to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^$1/' },
  },
  {
    name: 'index-only-in-tests',
    severity: 'error',
    from: { path: `^(test|(?:libs|apps)/[^/]+(?=/.*${testFile}))/` },
    to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: ['^$1/', '\\.(?:contract|testing)\\.ts$'] },
  },
  {
    name: 'index-by-alias',
    comment: 'Another lib is `@weir/<lib>`, wherever the importing file lies.',
    severity: 'error',
    from: { path: '^(libs/[^/]+|apps/[^/]+|test)/' },
    to: {
      path: '^libs/[^/]+/src/index\\.ts$',
      pathNot: '^$1/',
      dependencyTypesNot: ['aliased-tsconfig', 'aliased-tsconfig-paths'],
    },
  },
  {
    name: 'tests-import-only',
    comment: 'What ships never needs what tests it.',
    severity: 'error',
    from: { path: '^(?:libs|apps)/', pathNot: testFile },
    to: { path: [testFile, '^test/'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...treeRules, ...layerRules, ...packageRules, ...appRules, ...pureRules, ...nestRules],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
    },
  },
};
