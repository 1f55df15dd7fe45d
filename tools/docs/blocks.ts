import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import ts from 'typescript';

/** One fenced `ts` block of a document or of a doc comment. */
export interface Block {
  /** The document, from the project's root. */
  readonly path: string;
  /** The line of the document, from 1, on which the block's first line of code stands. */
  readonly line: number;
  readonly code: string;
  /** The folder in which the code counts as a module, from the root. */
  readonly home: string;
}

/** Where code of documents outside a package finds every package: the bench depends on all. */
const homeOfRootDocuments = 'apps/bench';

const ignored = new Set(['node_modules', 'dist', 'coverage', 'CHANGELOG.md']);

/** Every block in the markdown of the tree below `root` and in the doc comments of the packages. */
export function readBlocks(root: string): readonly Block[] {
  return documentsBelow(root, '').flatMap((name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    return name.endsWith('.md') ? blocksOfMarkdown(name, text) : blocksOfSource(name, text);
  });
}

function documentsBelow(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || ignored.has(entry.name)) return [];
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return name === 'docs/api' ? [] : documentsBelow(root, name);
    const isSource = /^packages\/[^/]+\/src\/.*\.ts$/.test(name);
    return isSource || name.endsWith('.md') ? [name] : [];
  });
}

/** The `ts` fences of `markdown`. A longer fence may hold shorter ones; those are its text. */
export function blocksOfMarkdown(name: string, markdown: string): readonly Block[] {
  return fences(markdown.split('\n')).map(({ line, code }) => ({
    path: name,
    line,
    code,
    home: homeOf(name),
  }));
}

/**
 * The `ts` fences of the doc comments in `source`. They may use the names that the file exports
 * without importing them: the reader has the file open.
 */
export function blocksOfSource(name: string, source: string): readonly Block[] {
  const exported = exportedNames(source);
  return docComments(source).flatMap(({ text, line: start }) =>
    fences(text.split('\n').map((line) => line.replace(/^\s*\* ?/, ''))).map(({ line, code }) => ({
      path: name,
      line: line + start - 1,
      code: withOwnNames(code, exported, path.posix.basename(name)),
      home: path.posix.dirname(name),
    })),
  );
}

function docComments(source: string): readonly { text: string; line: number }[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(({ 0: text, index }) => ({
    text,
    line: source.slice(0, index).split('\n').length,
  }));
}

/** What `source` exports, spelt as an import names it: `nodeId`, `type NodeId`. */
function exportedNames(source: string): ReadonlyMap<string, string> {
  const found = source.matchAll(
    /^export (?:declare |abstract |async )*(const|let|function\*?|class|interface|type) (\w+)/gm,
  );
  return new Map(
    [...found].map(([, kind = '', name = '']) => [
      name,
      kind === 'interface' || kind === 'type' ? `type ${name}` : name,
    ]),
  );
}

/** `code` with an import of the file's own names in front, on the same line. */
function withOwnNames(
  code: string,
  exported: ReadonlyMap<string, string>,
  fileName: string,
): string {
  const { declared, used } = namesIn(code);
  const own = [...exported]
    .filter(([name]) => used.has(name) && !declared.has(name))
    .map(([, spelling]) => spelling);
  return own.length === 0 ? code : `import { ${own.join(', ')} } from './${fileName}'; ${code}`;
}

function namesIn(code: string): { declared: ReadonlySet<string>; used: ReadonlySet<string> } {
  const [declared, used] = [new Set<string>(), new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const isName = 'name' in node.parent && node.parent.name === node;
      const isMember = ts.isPropertyAccessExpression(node.parent);
      if (!isName) used.add(node.text);
      else if (!isMember && !ts.isPropertyAssignment(node.parent)) declared.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('block.ts', code, ts.ScriptTarget.ESNext, true));
  return { declared, used };
}

/** The lines, from 1, of each `@example` in `source` that has no `ts` fence to check. */
export function examplesWithoutBlock(source: string): readonly number[] {
  return docComments(source).flatMap(({ text, line }) => {
    const [before = '', ...examples] = text.split('@example');
    const isChecked = examples.every((example) => example.includes('```ts'));
    return isChecked ? [] : [line + before.split('\n').length - 1];
  });
}

function homeOf(name: string): string {
  return /^(packages|apps)\/[^/]+/.exec(name)?.[0] ?? homeOfRootDocuments;
}

function fences(lines: readonly string[]): readonly { line: number; code: string }[] {
  const found: { line: number; code: string }[] = [];
  let open: { readonly fence: string; readonly isTs: boolean; readonly start: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, fence, info = ''] = /^\s*(`{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined) continue;
    if (open === undefined) {
      open = { fence, isTs: info.trim() === 'ts', start: index + 1 };
    } else if (fence.length >= open.fence.length && info.trim() === '') {
      if (open.isTs) {
        found.push({ line: open.start + 1, code: lines.slice(open.start, index).join('\n') });
      }
      open = undefined;
    }
  }
  return found;
}
