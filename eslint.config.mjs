import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const tests = ['**/*.spec.ts', '**/*.contract.ts', '**/*.testing.ts', 'test/**/*.ts'];
const pure = ['libs/ppspp/src/**/*.ts', 'libs/ppstp/src/**/*.ts', 'libs/policy/src/**/*.ts'];
const typescript = ['apps/**/*.ts', 'libs/**/*.ts', 'test/**/*.ts'];

/** Each export tells what it promises. No selector sees comments, so this one is a rule of our own. */
const documentedExports = {
  meta: { type: 'suggestion', messages: { missing: 'An export has a doc comment: what it promises, then why.' } },
  create(context) {
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration) return;
        const before = context.sourceCode.getCommentsBefore(node.declaration.decorators?.[0] ?? node);
        const comments = before.length > 0 ? before : context.sourceCode.getCommentsBefore(node);
        const last = comments.at(-1);
        const documented = last?.type === 'Block' && last.value.startsWith('*');
        const overload = node.declaration.type === 'TSDeclareFunction' || precedesOverload(node);
        if (!documented && !overload) context.report({ node, messageId: 'missing' });
      },
    };
  },
};

/** The first signature of an overloaded function carries the comment for all of them. */
function precedesOverload(node) {
  const siblings = node.parent.body;
  return siblings[siblings.indexOf(node) - 1]?.declaration?.type === 'TSDeclareFunction';
}

const bannedEverywhere = [
  { selector: 'FunctionDeclaration[id.name=/^get[A-Z]/]', message: 'Name what is returned, without `get`.' },
  { selector: 'MethodDefinition[key.name=/^get[A-Z]/]', message: 'Name what is returned, without `get`.' },
  { selector: 'ClassDeclaration[id.name=/(Manager|Helper|Util|Utils)$/]', message: 'Name what the class is.' },
];

const bannedInProduction = [
  ...bannedEverywhere,
  { selector: "ThrowStatement > NewExpression[callee.name='Error']", message: 'Throw a typed error with a code.' },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Only libs/config reads the environment.',
  },
  {
    selector: "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
    message: 'Only libs/config reads the environment.',
  },
];

const bannedInPure = [
  ...bannedInProduction,
  { selector: ':function[async=true]', message: 'The core is synchronous.' },
  { selector: 'AwaitExpression', message: 'The core is synchronous.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Randomness is injected.',
  },
];

const impure = 'The core takes its input, the time and its randomness as parameters.';
const globalsOutOfPure = [
  'Date',
  'process',
  'Buffer',
  'console',
  'performance',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
].map((name) => ({ name, message: impure }));

const nodeGlobals = [
  'process',
  'console',
  '__dirname',
  'module',
  'require',
  'URL',
  'Buffer',
  'performance',
  'fetch',
  'AbortController',
  'AbortSignal',
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'libs/datagram/native/build/', 'coverage/', '.jest-cache/'] },
  eslint.configs.recommended,
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { weir: { rules: { 'documented-exports': documentedExports } } },
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Nest declares its bags of options as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'max-depth': ['error', 3],
      // A switch over the kinds of a message is one decision, however many kinds there are.
      complexity: ['error', { max: 12, variant: 'modified' }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...bannedInProduction],
      'weir/documented-exports': 'error',
    },
  },
  { files: ['libs/config/src/**/*.ts'], rules: { 'no-restricted-syntax': withoutEnvironment() } },
  {
    files: pure,
    rules: {
      'no-restricted-syntax': ['error', ...bannedInPure],
      'no-restricted-globals': ['error', ...globalsOutOfPure],
    },
  },
  // Bins and chunk numbers go up to 2^53 - 1; bitwise operators cut to 32 bits.
  { files: ['libs/ppspp/src/addressing/**/*.ts'], rules: { 'no-bitwise': 'error' } },
  {
    files: tests,
    rules: {
      // A `describe` is a chapter, not a function.
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...bannedEverywhere],
      'no-restricted-globals': 'off',
      'weir/documented-exports': 'off',
      // Jest's matchers (`expect.any`, `expect.objectContaining`) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
  },
  prettier,
);

function withoutEnvironment() {
  return ['error', ...bannedInProduction.filter(({ message }) => !message.includes('environment'))];
}
