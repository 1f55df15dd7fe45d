import path from 'node:path';

import ts from 'typescript';

import type { Declaration, Package } from '../packages.ts';
import { exportedDeclarations, packagesOf, relativeLinks } from '../packages.ts';
import type { Project, SourceFile, Violation } from '../project.ts';
import { descendants, violationAt } from '../project.ts';

/** Rule 6: what is exported is documented and used; what nobody reaches is deleted. */
export function* exports(project: Project): Generator<Violation> {
  for (const pack of packagesOf(project)) {
    const used = usedNames(pack);
    const reached = reachedFiles(pack);
    for (const file of pack.sources.values()) {
      if (isIndex(file)) yield* codeInIndex(file);
      if (!reached.has(file.path)) {
        const advice = 'delete it, or reach it from an entry point in package.json';
        yield { path: file.path, line: 1, rule: 'dead file', advice };
        continue;
      }
      for (const declaration of exportedDeclarations(file)) {
        yield* judge(file, declaration, used.has(`${file.path}#${declaration.name}`));
      }
    }
  }
}

function* judge(
  file: SourceFile,
  { name, node }: Declaration,
  isUsed: boolean,
): Generator<Violation> {
  if (!isDocumented(file, name)) {
    const advice = `say in a doc comment what ${name} promises`;
    yield violationAt(file, node, 'undocumented export', advice);
  }
  if (
    !isUsed &&
    !isPartOfSignature(file, name, node) &&
    path.posix.basename(file.path) !== 'invariant.ts'
  ) {
    const advice = `stop exporting ${name}: no entry point, file or test uses it`;
    yield violationAt(file, node, 'dead export', advice);
  }
}

/** Overloads share the comment of one of them. */
function isDocumented(file: SourceFile, name: string): boolean {
  return exportedDeclarations(file).some(
    (declaration) =>
      declaration.name === name && ts.getJSDocCommentsAndTags(declaration.node).length > 0,
  );
}

function isIndex(file: SourceFile): boolean {
  return file.path.endsWith('/src/index.ts');
}

function* codeInIndex(file: SourceFile): Generator<Violation> {
  for (const statement of file.tree.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) continue;
    const advice = 'move code into a file named after it; index.ts lists the public names';
    yield violationAt(file, statement, 'code in index.ts', advice);
  }
}

/** A type may be exported because another declaration of its file speaks of it. */
function isPartOfSignature(file: SourceFile, name: string, node: ts.Node): boolean {
  if (!ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) return false;
  return file.tree.statements.some(
    (statement) => statement !== node && [...descendants(statement)].some((x) => names(x, name)),
  );
}

function names(node: ts.Node, name: string): boolean {
  return ts.isTypeReferenceNode(node) && node.typeName.getText() === name;
}

/** `path#name` of every declaration that an entry publishes or another file of ours names. */
function usedNames(pack: Package): ReadonlySet<string> {
  const used = new Set<string>();
  for (const entry of pack.entries) {
    for (const origin of publicNames(pack, entry)) used.add(origin);
  }
  for (const file of [...pack.sources.values(), ...pack.tests]) {
    if (isIndex(file)) continue;
    for (const { target, node } of relativeLinks(file)) {
      for (const origin of namedOrigins(pack, target, namesOf(node))) used.add(origin);
    }
  }
  return used;
}

/** Every declaration that `entry` exports, itself or from elsewhere. */
function publicNames(pack: Package, entry: string): readonly string[] {
  const file = pack.sources.get(entry);
  if (file === undefined) return [];
  const own = exportedDeclarations(file).map(({ name }) => `${entry}#${name}`);
  const linked = relativeLinks(file)
    .filter(({ node }) => ts.isExportDeclaration(node))
    .flatMap(({ target, node }) => namedOrigins(pack, target, namesOf(node)));
  return [...own, ...linked];
}

/** Where the `names` that `target` exports are declared; all its names for a star. */
function namedOrigins(
  pack: Package,
  target: string,
  names: readonly string[] | 'all',
): readonly string[] {
  const everything = publicNames(pack, target);
  if (names === 'all') return everything;
  return everything.filter((origin) => names.includes(origin.slice(origin.indexOf('#') + 1)));
}

function namesOf(node: ts.ImportDeclaration | ts.ExportDeclaration): readonly string[] | 'all' {
  if (ts.isExportDeclaration(node)) {
    const clause = node.exportClause;
    return clause && ts.isNamedExports(clause) ? elementNames(clause.elements) : 'all';
  }
  const bindings = node.importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? elementNames(bindings.elements) : 'all';
}

function elementNames(
  elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[],
): readonly string[] {
  return elements.map((element) => (element.propertyName ?? element.name).text);
}

function reachedFiles(pack: Package): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const file = pack.sources.get(name);
    if (file === undefined || reached.has(name)) return;
    reached.add(name);
    for (const { target } of relativeLinks(file)) visit(target);
  };
  for (const entry of pack.entries) visit(entry);
  return reached;
}
