import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import ts from 'typescript';

/** A TypeScript file: its text for line rules, its tree for everything else. */
export interface SourceFile {
  /** From the project's root, with forward slashes: `packages/raft/src/log.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** The files that the house rules speak about, read once. */
export interface Project {
  readonly sources: readonly SourceFile[];
  /** Everything else that is text: README.md, package.json. By path from the root. */
  readonly documents: ReadonlyMap<string, string>;
}

/** One broken rule. */
export interface Violation {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly rule: string;
  /** Imperative: `inject a Clock and ask it`. */
  readonly advice: string;
}

/** Reads a whole project and tells what is wrong with it. */
export type Rule = (project: Project) => Iterable<Violation>;

const ignored = new Set(['node_modules', 'dist', 'coverage', 'api']);
const isSource = (name: string): boolean => /\.tsx?$/.test(name) && !name.endsWith('.d.ts');
const isDocument = (name: string): boolean => /\.(md|json)$/.test(name);

/** Reads the tree below `root`, without what is generated or installed. */
export function readProject(root: string): Project {
  const files: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || ignored.has(entry.name)) continue;
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) visit(name);
      else if (isSource(name) || isDocument(name)) {
        files[name] = readFileSync(path.join(root, name), 'utf8');
      }
    }
  };
  visit('');
  return projectOf(files);
}

/** A project of the given texts by path, as the tests of the rules write them. */
export function projectOf(files: Readonly<Record<string, string>>): Project {
  const sources: SourceFile[] = [];
  const documents = new Map<string, string>();
  for (const [name, text] of Object.entries(files)) {
    if (isSource(name)) sources.push({ path: name, text, tree: parse(name, text) });
    else documents.set(name, text);
  }
  return { sources, documents };
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true);
}

/** A violation at `node`. */
export function violationAt(
  file: SourceFile,
  node: ts.Node,
  rule: string,
  advice: string,
): Violation {
  return { path: file.path, line: lineOf(file, node.getStart(file.tree)), rule, advice };
}

/** The line, from 1, of the character at `position`. */
export function lineOf(file: SourceFile, position: number): number {
  return file.tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** `node` and everything below it, parents first. */
export function* descendants(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* descendants(child);
}

/** `path:line: rule: what to do instead`, which editors and people both understand. */
export function describeViolation({ path: file, line, rule, advice }: Violation): string {
  return `${file}:${line}: ${rule}: ${advice}`;
}
