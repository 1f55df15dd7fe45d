import path from 'node:path';

import ts from 'typescript';

import { placeOf } from '../layers.ts';
import type { Package } from '../packages.ts';
import { packagesOf, relativeLinks } from '../packages.ts';
import type { Project, SourceFile, Violation } from '../project.ts';
import { descendants, violationAt } from '../project.ts';

/** Files that hold no idea of their own to test. */
const exempt = new Set(['index.ts', 'errors.ts', 'invariant.ts']);

/**
 * Rule 7, first half: every file with code is tested by name, by a test that imports it, or as a
 * part of a file that is. How well is for the coverage to say; this finds what no test leads to.
 */
export function* tested(project: Project): Generator<Violation> {
  for (const pack of packagesOf(project)) {
    const subjects = testedFiles(pack);
    for (const file of pack.sources.values()) {
      const name = path.posix.basename(file.path);
      if (exempt.has(name) || !hasCode(file)) continue;
      // A contract suite is a test already.
      if (placeOf(file.path)?.role === 'contract') continue;
      if (subjects.has(file.path)) continue;
      const advice = `add test/${name.replace(/\.ts$/, '.test.ts')}, or import it from a test`;
      yield { path: file.path, line: 1, rule: 'untested file', advice };
    }
  }
}

/** The files that tests name or import, and all that these are made of. */
function testedFiles(pack: Package): ReadonlySet<string> {
  const names = new Set<string>();
  const pending: SourceFile[] = [];
  for (const file of pack.tests) {
    const name = /([^/]+?)(\.[a-z]+)?\.test\.ts$/.exec(file.path)?.[1];
    if (name === undefined) continue;
    names.add(name);
    pending.push(file);
  }
  const support = new Map(pack.tests.map((file) => [file.path, file]));
  for (const file of pack.sources.values()) {
    if (names.has(path.posix.basename(file.path, '.ts'))) pending.push(file);
  }
  const reached = new Set<string>();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file.path)) continue;
    reached.add(file.path);
    // The list of public names leads everywhere, so it proves nothing.
    if (path.posix.basename(file.path) === 'index.ts') continue;
    for (const { target } of relativeLinks(file)) {
      const next = pack.sources.get(target) ?? support.get(target);
      if (next !== undefined) pending.push(next);
    }
  }
  return reached;
}

function hasCode(file: SourceFile): boolean {
  return file.tree.statements.some(
    (statement) =>
      !ts.isImportDeclaration(statement) &&
      !ts.isExportDeclaration(statement) &&
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !isAmbient(statement),
  );
}

function isAmbient(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)
  );
}

/** Rule 8, last part: a test's name states behaviour; the number of an issue states nothing. */
export function* testNames(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    if (!file.path.endsWith('.test.ts')) continue;
    for (const node of descendants(file.tree)) {
      const title = ts.isCallExpression(node) ? titleOf(node) : undefined;
      if (title === undefined) continue;
      if (/#\d/.test(title.text) || /\bissue\s*\d/i.test(title.text)) {
        const advice = 'say what must hold; put the issue into a "Why this test?" comment';
        yield violationAt(file, title, 'test name', advice);
      }
      if (/\bshould\b/.test(title.text)) {
        yield violationAt(file, title, 'test name', 'state it as a fact, without "should"');
      }
    }
  }
}

function titleOf(call: ts.CallExpression): ts.StringLiteralLike | undefined {
  const [title] = call.arguments;
  const callee = call.expression.getText();
  if (!/^(test|it|describe)\b/.test(callee)) return undefined;
  return title && ts.isStringLiteralLike(title) ? title : undefined;
}
