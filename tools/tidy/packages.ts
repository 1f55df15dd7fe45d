import path from 'node:path';

import ts from 'typescript';

import type { Project, SourceFile } from './project.ts';

/** A name that a file declares and exports. */
export interface Declaration {
  readonly name: string;
  readonly node: ts.Node;
}

/** One folder of `packages/`, with what the rules about exports need to know of it. */
export interface Package {
  readonly name: string;
  /** By path from the project's root. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly tests: readonly SourceFile[];
  /** Paths of the files that `exports` in package.json names. */
  readonly entries: readonly string[];
}

/** Every package of `project` that has a package.json. */
export function packagesOf(project: Project): readonly Package[] {
  return [...project.documents.keys()]
    .map((name) => /^packages\/([^/]+)\/package\.json$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => packageOf(project, name));
}

function packageOf(project: Project, name: string): Package {
  const root = `packages/${name}`;
  const own = project.sources.filter((file) => file.path.startsWith(`${root}/`));
  const sources = own.filter((file) => file.path.startsWith(`${root}/src/`));
  const manifest: unknown = JSON.parse(project.documents.get(`${root}/package.json`) ?? '{}');
  return {
    name,
    sources: new Map(sources.map((file) => [file.path, file])),
    tests: own.filter((file) => !sources.includes(file)),
    entries: entriesOf(manifest).map((entry) => path.posix.join(root, entry)),
  };
}

/** The source files that a manifest's `exports` name. */
function entriesOf(manifest: unknown): readonly string[] {
  const { exports } = { exports: {}, ...(isRecord(manifest) ? manifest : {}) };
  return Object.values(exports)
    .map((target) => (isRecord(target) ? target['@quorate/source'] : undefined))
    .filter((source) => typeof source === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What `file` declares with `export` in front; re-exports are not declarations. */
export function exportedDeclarations(file: SourceFile): readonly Declaration[] {
  return file.tree.statements
    .filter(isExported)
    .flatMap((node) => namesOf(file, node).map((name) => ({ name, node })));
}

function namesOf(file: SourceFile, statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText(file.tree));
  }
  return ts.isDeclarationStatement(statement) && statement.name ? [statement.name.text] : [];
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** An import or export statement that names a relative path. */
export interface Link {
  /** The path from the project's root. */
  readonly target: string;
  readonly node: ts.ImportDeclaration | ts.ExportDeclaration;
}

/** The static imports and re-exports of `file` that stay in the project. */
export function relativeLinks(file: SourceFile): readonly Link[] {
  return file.tree.statements.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
    const specifier = node.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return [];
    const target = path.posix.join(path.posix.dirname(file.path), specifier.text);
    return [{ target, node }];
  });
}
