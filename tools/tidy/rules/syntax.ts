import path from 'node:path';

import ts from 'typescript';

import { placeOf } from '../layers.ts';
import type { Project, SourceFile, Violation } from '../project.ts';
import { descendants, violationAt } from '../project.ts';

const vagueNames = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'misc',
  'types',
  'shared',
]);

/** Rules 4 and 5: syntax that hides a type, and names that hide a concept. */
export function* syntax(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    yield* vagueName(file);
    for (const node of descendants(file.tree)) {
      const advice = adviceOn(file, node);
      if (advice !== undefined) yield violationAt(file, node, 'syntax', advice);
    }
  }
}

function* vagueName(file: SourceFile): Generator<Violation> {
  const name = path.posix.basename(file.path).split('.')[0] ?? '';
  if (vagueNames.has(name)) {
    const advice = `name the concept: "${name}" holds anything, so it will`;
    yield { path: file.path, line: 1, rule: 'file name', advice };
  }
}

function adviceOn(file: SourceFile, node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'say the type, or unknown and narrow it';
  if (ts.isEnumDeclaration(node)) return 'use a union of string literals instead of an enum';
  if (isDefaultExport(node) && !file.path.endsWith('.config.ts')) {
    return 'export it by its name instead of as the default';
  }
  return isForbiddenAssertion(file, node)
    ? 'parse or narrow the value instead of asserting its type with `as`'
    : undefined;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return (
    node.kind === ts.SyntaxKind.DefaultKeyword &&
    'modifiers' in node.parent &&
    ts.canHaveModifiers(node.parent)
  );
}

/** `as const` is no claim; a brand's constructor has checked; an adapter meets foreign types. */
function isForbiddenAssertion(file: SourceFile, node: ts.Node): boolean {
  const role = placeOf(file.path)?.role;
  if (role !== 'core' && role !== 'edge' && role !== 'contract') return false;
  if (ts.isTypeAssertionExpression(node)) return true;
  return ts.isAsExpression(node) && !isConst(node) && !isBrandOf(file, node);
}

function isConst(node: ts.AsExpression): boolean {
  return ts.isTypeReferenceNode(node.type) && node.type.getText() === 'const';
}

/** The file that declares `type X = Branded<…>` is the one that may say `as X`. */
function isBrandOf(file: SourceFile, node: ts.AsExpression): boolean {
  const brand = node.type.getText(file.tree);
  return file.tree.statements.some(
    (statement) =>
      ts.isTypeAliasDeclaration(statement) &&
      statement.name.text === brand &&
      ts.isTypeReferenceNode(statement.type) &&
      statement.type.typeName.getText(file.tree) === 'Branded',
  );
}
