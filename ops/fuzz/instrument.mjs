// Loads TypeScript sources as they are, without a build, and has those under test count the edges they run through.
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../setup.mjs';
import { blockEntered } from './coverage.mjs';

const { SyntaxKind, factory } = ts;
const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
  experimentalDecorators: true,
  inlineSourceMap: true,
};
const hook = '__blockEntered';
const loops = [
  SyntaxKind.ForStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
];
const lazy = [SyntaxKind.AmpersandAmpersandToken, SyntaxKind.BarBarToken, SyntaxKind.QuestionQuestionToken];
let blocks = 0;

/** A `require` for TypeScript files; those for which `isUnderTest(path)` holds are instrumented. */
export function instrumentingRequire(isUnderTest) {
  globalThis[hook] = blockEntered;
  Module._extensions['.ts'] = (module, path) => module._compile(compiled(path, isUnderTest(path)), path);
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (request, ...rest) => {
    const lib = /^@weir\/([^/]+)$/.exec(request)?.[1];
    return resolve(lib === undefined ? request : join(root, 'libs', lib, 'src/index.ts'), ...rest);
  };
  return createRequire(join(root, 'package.json'));
}

function compiled(fileName, underTest) {
  const transformers = underTest ? { before: [countBlocks] } : {};
  return ts.transpileModule(readFileSync(fileName, 'utf8'), { compilerOptions, fileName, transformers }).outputText;
}

/** Puts a count at the beginning of everything that may run or not: bodies, branches, right-hand sides. */
function countBlocks(context) {
  const visit = (node) => counted(ts.visitEachChild(node, visit, context), context);
  return (file) => ts.visitEachChild(file, visit, context);
}

function counted(node, context) {
  if (ts.isIfStatement(node)) {
    const otherwise = block(node.elseStatement ?? factory.createBlock([]));
    return factory.updateIfStatement(node, node.expression, block(node.thenStatement), otherwise);
  }
  if (ts.isConditionalExpression(node)) {
    const [condition, whenTrue, whenFalse] = [node.condition, value(node.whenTrue), value(node.whenFalse)];
    return factory.updateConditionalExpression(
      node,
      condition,
      node.questionToken,
      whenTrue,
      node.colonToken,
      whenFalse,
    );
  }
  if (ts.isBinaryExpression(node) && lazy.includes(node.operatorToken.kind))
    return factory.updateBinaryExpression(node, node.left, node.operatorToken, value(node.right));
  if (ts.isCaseClause(node)) return factory.updateCaseClause(node, node.expression, withCount(node.statements));
  if (ts.isDefaultClause(node)) return factory.updateDefaultClause(node, withCount(node.statements));
  if (ts.isCatchClause(node)) return factory.updateCatchClause(node, node.variableDeclaration, block(node.block));
  return countedBody(node, context);
}

function countedBody(node, context) {
  if (ts.isArrowFunction(node)) {
    const body = ts.isBlock(node.body) ? block(node.body) : value(node.body);
    const { modifiers, typeParameters, parameters, type, equalsGreaterThanToken: arrow } = node;
    return factory.updateArrowFunction(node, modifiers, typeParameters, parameters, type, arrow, body);
  }
  const isFunction = ts.isFunctionLike(node) && !ts.isConstructorDeclaration(node);
  const body = isFunction ? node.body : loops.includes(node.kind) ? node.statement : undefined;
  if (body === undefined) return node;
  return ts.visitEachChild(node, (child) => (child === body ? block(child) : child), context);
}

function block(statement) {
  return factory.createBlock(withCount(ts.isBlock(statement) ? statement.statements : [statement]), true);
}

function withCount(statements) {
  return [factory.createExpressionStatement(count()), ...statements];
}

function value(expression) {
  return factory.createParenthesizedExpression(factory.createComma(count(), expression));
}

function count() {
  return factory.createCallExpression(factory.createIdentifier(hook), undefined, [
    factory.createNumericLiteral(blocks++),
  ]);
}
