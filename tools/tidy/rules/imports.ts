import path from 'node:path';

import ts from 'typescript';

import type { Place } from '../layers.ts';
import {
  brandConstructors,
  codecKit,
  edgeRuntimeEntries,
  grounds,
  hashFunctions,
  isAlgorithm,
  placeOf,
  portNames,
  testPeers,
} from '../layers.ts';
import type { Project, SourceFile, Violation } from '../project.ts';
import { descendants, violationAt } from '../project.ts';

/** One import, re-export, `import()` or `import('…')` type. */
interface Import {
  readonly node: ts.Node;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  /** The names as the other module exports them; empty for a namespace or a dynamic import. */
  readonly names: readonly string[];
}

const testTools = new Set(['vitest', 'fast-check', 'mitata']);

/** What a published suite may be written with, as optional peers of its package. */
const contractTools = new Set(['vitest', 'fast-check']);
const testGrounds = new Set(Object.keys(grounds));

/** Rule 1: the import table of ARCHITECTURE.md. */
export function* imports(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    const place = placeOf(file.path);
    if (place === undefined) continue;
    for (const found of importsOf(file)) {
      const advice = judge(file, place, found);
      if (advice !== undefined) yield violationAt(file, found.node, 'imports', advice);
    }
  }
}

/** What to do instead, or nothing when the import is allowed. */
function judge(file: SourceFile, place: Place, found: Import): string | undefined {
  const { specifier } = found;
  if (specifier.startsWith('.')) return judgeRelative(file, place, specifier);
  if (specifier.startsWith('@quorate/')) {
    if (specifier.split('/').includes('src')) {
      return `import a public entry point instead of ${specifier}`;
    }
    return judgeOurs(file, place, found);
  }
  return judgeForeign(place, specifier);
}

function judgeRelative(file: SourceFile, place: Place, specifier: string): string | undefined {
  if (!/\.(tsx?|json|mjs)$/.test(specifier)) return `write the extension: ${specifier}.ts`;
  const target = path.posix.join(path.posix.dirname(file.path), specifier);
  const home = file.path.split('/').slice(0, 2).join('/');
  const isSrc = file.path.startsWith(`${home}/src/`) && place.role !== 'app';
  if (place.role === 'tool') {
    return /^(packages|apps)\//.test(target) ? 'import the public name of the package' : undefined;
  }
  if (!target.startsWith(`${home}/`)) return 'import the public name of the package, not its files';
  return isSrc && !target.startsWith(`${home}/src/`)
    ? 'move what src needs into src: only src is published'
    : undefined;
}

function judgeOurs(file: SourceFile, place: Place, found: Import): string | undefined {
  const { specifier, isTypeOnly } = found;
  const target = specifier.split('/')[1] ?? '';
  switch (place.role) {
    case 'app':
    case 'tool':
      return undefined;
    case 'test':
      if (target === place.home || testGrounds.has(target)) return undefined;
      return file.path.endsWith('.model.test.ts')
        ? undefined
        : 'compare two algorithms in a *.model.test.ts, nowhere else';
    case 'core':
    case 'edge':
    case 'adapter':
    case 'contract':
      break;
  }
  if (target === place.home) return 'import the file by its relative path';
  if (specifier === codecKit && isKitUser(file, place)) return undefined;
  if (isCodec(file) && isBrand(found)) return undefined;
  if (specifier === hashFunctions && isAlgorithm(place.home)) return undefined;
  return isAlgorithm(place.home)
    ? judgeAlgorithm(place, found, target)
    : judgeGround(place.home, target, isTypeOnly);
}

/** Codecs use the kit, storage frames its records with it, an edge may, the simulator too. */
function isKitUser(file: SourceFile, place: Place): boolean {
  return isCodec(file) || place.role === 'edge' || ['storage', 'simulation'].includes(place.home);
}

function isCodec(file: SourceFile): boolean {
  return path.posix.basename(file.path) === 'codec.ts' || file.path.includes('/src/codec/');
}

/** What a codec reads becomes an id only where the id's own constructor has checked it. */
function isBrand({ specifier, names }: Import): boolean {
  return (
    specifier === '@quorate/transport' &&
    names.length > 0 &&
    names.every((name) => brandConstructors.has(name) || name === 'NodeId')
  );
}

function judgeGround(home: string, target: string, isTypeOnly: boolean): string | undefined {
  const allowed = grounds[home] ?? [];
  if (!allowed.includes(target)) {
    return `${home} stands below ${target}: turn the dependency round or pass a value in`;
  }
  if (home === 'storage' && !isTypeOnly) {
    return `import types only, or the kit ${codecKit}; take the rest as an argument`;
  }
  return undefined;
}

function judgeAlgorithm(place: Place, found: Import, target: string): string | undefined {
  if (target !== 'transport' && target !== 'storage') {
    return `algorithms do not import ${target}: define an interface, adapt it in an app`;
  }
  if (place.role === 'edge') {
    return found.isTypeOnly || edgeRuntimeEntries.includes(found.specifier)
      ? undefined
      : `take it as an argument; at run time an edge uses ${edgeRuntimeEntries.join(', ')}`;
  }
  if (!found.isTypeOnly) return 'a core imports types only: move this to the edge';
  const port = found.names.find((name) => portNames.has(name));
  return port === undefined ? undefined : `a core does not know ${port}: move this to the edge`;
}

function judgeForeign(place: Place, specifier: string): string | undefined {
  if (place.role === 'app' || place.role === 'tool' || place.role === 'adapter') return undefined;
  if (place.role === 'test') {
    const [name = ''] = specifier.split('/');
    const peers = testPeers[place.home] ?? [];
    return specifier.startsWith('node:') || testTools.has(name) || peers.includes(name)
      ? undefined
      : `test with node: modules, ${[...testTools].join(', ')} only, or name it in testPeers`;
  }
  if (place.role === 'contract' && contractTools.has(specifier)) return undefined;
  return `no ${specifier} outside src/adapters: take what it does through a port`;
}

/** Every way in which `file` names another module. */
function* importsOf(file: SourceFile): Generator<Import> {
  for (const node of descendants(file.tree)) {
    if (ts.isImportDeclaration(node)) {
      yield* staticImport(node, node.moduleSpecifier, importClauseOf(node.importClause));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      yield* staticImport(node, node.moduleSpecifier, exportClauseOf(node));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument) yield* staticImport(node, argument, { isTypeOnly: false, names: [] });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const names = node.qualifier ? [node.qualifier.getText(file.tree)] : [];
      yield* staticImport(node, node.argument.literal, { isTypeOnly: true, names });
    }
  }
}

type Clause = Pick<Import, 'isTypeOnly' | 'names'>;

function* staticImport(node: ts.Node, specifier: ts.Node, clause: Clause): Generator<Import> {
  if (ts.isStringLiteralLike(specifier)) yield { node, specifier: specifier.text, ...clause };
}

function importClauseOf(clause: ts.ImportClause | undefined): Clause {
  if (clause === undefined) return { isTypeOnly: false, names: [] };
  const bindings = clause.namedBindings;
  const elements = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
  return {
    isTypeOnly:
      clause.phaseModifier === ts.SyntaxKind.TypeKeyword ||
      (elements.length > 0 && elements.every((element) => element.isTypeOnly) && !clause.name),
    names: elements.map((element) => (element.propertyName ?? element.name).text),
  };
}

function exportClauseOf(node: ts.ExportDeclaration): Clause {
  const clause = node.exportClause;
  const elements = clause && ts.isNamedExports(clause) ? [...clause.elements] : [];
  return {
    isTypeOnly:
      node.isTypeOnly || (elements.length > 0 && elements.every((element) => element.isTypeOnly)),
    names: elements.map((element) => (element.propertyName ?? element.name).text),
  };
}
