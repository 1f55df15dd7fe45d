import ts from 'typescript';

import type { Project, SourceFile, Violation } from '../project.ts';
import { descendants, lineOf, violationAt } from '../project.ts';

const columnsMax = 100;
const functionLinesMax = 70;
const nestingMax = 3;
const askFromLines = 400;

/** Rule 3: what a reader can hold in the head at once. */
export function* shape(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    yield* longLines(file);
    for (const node of descendants(file.tree)) {
      if (!ts.isFunctionLike(node)) continue;
      yield* longFunction(file, node);
      yield* deepNesting(file, node);
    }
  }
}

/** Files worth the question, which is not a violation. */
export function questions(project: Project): readonly string[] {
  return project.sources
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > askFromLines && path.includes('/src/'))
    .map(({ path, lines }) => `${path}: ${lines} lines: is it still one concept?`);
}

function* longLines(file: SourceFile): Generator<Violation> {
  for (const [index, line] of file.text.split('\n').entries()) {
    const columns = Array.from(line).length;
    if (columns <= columnsMax) continue;
    const advice = `break it: ${columns} columns, at most ${columnsMax}`;
    yield { path: file.path, line: index + 1, rule: 'line length', advice };
  }
}

function* longFunction(file: SourceFile, node: ts.SignatureDeclaration): Generator<Violation> {
  const lines = linesOf(file, node) - linesInTestCallbacks(file, node);
  if (lines <= functionLinesMax) return;
  const advice = `name a part of it and move it out: ${lines} lines, at most ${functionLinesMax}`;
  yield violationAt(file, node, 'function length', advice);
}

function linesOf(file: SourceFile, node: ts.Node): number {
  return lineOf(file, node.getEnd()) - lineOf(file, node.getStart(file.tree)) + 1;
}

/** A `describe` is a chapter, not a function: its tests are measured one by one. */
function linesInTestCallbacks(file: SourceFile, node: ts.Node): number {
  let lines = 0;
  ts.forEachChild(node, (child) => {
    lines += isTestCallback(child) ? linesOf(file, child) : linesInTestCallbacks(file, child);
  });
  return lines;
}

function isTestCallback(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  const call = node.parent;
  return ts.isCallExpression(call) && isTestFunction(call.expression);
}

/** `test`, `describe.each(…)`, `it.skipIf(…)`, the hooks, and `clause` of contract suites. */
function isTestFunction(callee: ts.Node): boolean {
  if (ts.isIdentifier(callee))
    return /^(test|it|describe|clause|(before|after)(Each|All))$/.test(callee.text);
  if (ts.isPropertyAccessExpression(callee)) return isTestFunction(callee.expression);
  if (ts.isTaggedTemplateExpression(callee)) return isTestFunction(callee.tag);
  return ts.isCallExpression(callee) && isTestFunction(callee.expression);
}

function* deepNesting(file: SourceFile, node: ts.SignatureDeclaration): Generator<Violation> {
  if (!('body' in node) || !node.body) return;
  const tooDeep = firstDeeperThan(node.body, nestingMax, 0);
  if (tooDeep) {
    const advice = `return early or name the inner part: more than ${nestingMax} levels`;
    yield violationAt(file, tooDeep, 'nesting', advice);
  }
}

/** Levels are control flow; a function inside starts again from none, and is judged on its own. */
function firstDeeperThan(node: ts.Node, levels: number, depth: number): ts.Node | undefined {
  if (ts.isFunctionLike(node)) return undefined;
  const inner = depth + (isLevel(node) ? 1 : 0);
  if (inner > levels) return node;
  return ts.forEachChild(node, (child) => firstDeeperThan(child, levels, inner));
}

function isLevel(node: ts.Node): boolean {
  if (ts.isIfStatement(node)) {
    const isElseIf = ts.isIfStatement(node.parent) && node.parent.elseStatement === node;
    return !isElseIf;
  }
  return (
    ts.isIterationStatement(node, false) || ts.isSwitchStatement(node) || ts.isTryStatement(node)
  );
}
