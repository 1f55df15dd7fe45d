import { posix } from 'node:path';

import ts from 'typescript';

import { packagesOf } from '../packages.ts';
import type { Project, SourceFile, Violation } from '../project.ts';
import { descendants, lineOf } from '../project.ts';

/** The chapters of a package's README, in the order in which a reader decides. */
export const readmeHeadings = [
  '## When not to use it',
  '## Install',
  '## Taste',
  '## Guarantees',
  '## Cost',
  '## From the paper to the file',
  '## API',
  '## Over a transport',
  '## Departures and limits',
  '## Papers',
] as const;

/** Rule 7, second half: every README answers the same questions in the same order. */
export function* readmes(project: Project): Generator<Violation> {
  for (const { name } of packagesOf(project)) {
    const path = `packages/${name}/README.md`;
    const expected = [`# ${name}`, ...readmeHeadings];
    const found = headingsOf(project.documents.get(path) ?? '');
    const wrong = expected.findIndex((heading, index) => found[index]?.text !== heading);
    const extra = found[expected.length];
    if (wrong >= 0) {
      const got = found[wrong];
      const advice = `write "${expected[wrong] ?? ''}" here, not ${got?.text ?? 'the end'}`;
      yield { path, line: got?.line ?? 1, rule: 'README headings', advice };
    } else if (extra) {
      const advice = `fold "${extra.text}" into one of the agreed chapters`;
      yield { path, line: extra.line, rule: 'README headings', advice };
    }
  }
}

/** Headings of the first two levels; a `#` inside a code fence is not one. */
function headingsOf(markdown: string): readonly { readonly text: string; readonly line: number }[] {
  let isFenced = false;
  return markdown.split('\n').flatMap((text, index) => {
    if (/^\s*(```|~~~)/.test(text)) isFenced = !isFenced;
    return !isFenced && /^##? /.test(text) ? [{ text: text.trimEnd(), line: index + 1 }] : [];
  });
}

/** Rule 8: the copies of `invariant.ts` never drift apart. */
export function* invariantCopies(project: Project): Generator<Violation> {
  const copies = project.sources.filter((file) => file.path.endsWith('/src/invariant.ts'));
  const [first, ...others] = copies;
  for (const copy of others) {
    if (copy.text === first?.text) continue;
    const advice = `copy ${first?.path ?? ''} again: packages share its text, not its code`;
    yield { path: copy.path, line: 1, rule: 'invariant copies', advice };
  }
}

/** Rule 8: a task that nobody tracks is never done. */
export function* todos(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    const literals = literalRanges(file);
    for (const match of file.text.matchAll(/\b(TODO|FIXME|XXX)\b(\(#\d+\))?/g)) {
      const { index } = match;
      const isText = literals.some(([start, end]) => start <= index && index < end);
      if (isText || match[2] !== undefined) continue;
      const advice = 'name the issue, TODO(#12), or do it now';
      yield { path: file.path, line: lineOf(file, index), rule: 'TODO', advice };
    }
  }
}

function literalRanges(file: SourceFile): readonly (readonly [start: number, end: number])[] {
  return [...descendants(file.tree)]
    .filter((node) => ts.isLiteralExpression(node) || ts.isTemplateExpression(node))
    .map((node) => [node.getStart(file.tree), node.getEnd()] as const);
}

/** What a changelog names may be gone; the rules of style name kinds of files, not files. */
const namesPatterns = /(^STYLE|CHANGELOG)\.md$/;

/** Files that a document names exist: a map with a street that is gone leads nobody home. */
export function* namedFiles(project: Project): Generator<Violation> {
  const known = new Set([...project.documents.keys(), ...project.sources.map(({ path }) => path)]);
  for (const [path, text] of project.documents) {
    if (!path.endsWith('.md') || namesPatterns.test(path)) continue;
    for (const { name, line } of fileNamesIn(text)) {
      if (isKnown(known, path, name)) continue;
      yield { path, line, rule: 'named files', advice: `name a file that exists, not ${name}` };
    }
  }
}

/** Names of source files and documents in code spans and links, code fences left out. */
function fileNamesIn(
  markdown: string,
): readonly { readonly name: string; readonly line: number }[] {
  let isFenced = false;
  return markdown.split('\n').flatMap((text, index) => {
    if (/^\s*(```|~~~)/.test(text)) isFenced = !isFenced;
    if (isFenced) return [];
    const names = text.matchAll(/(?:`|\]\()([\w@./-]+\.(?:tsx?|md|json))(?:`|\))/g);
    return [...names].map(([, name = '']) => ({ name, line: index + 1 }));
  });
}

/** Paths count from the root, from packages/ or from the document; a test file's name is enough. */
function isKnown(known: ReadonlySet<string>, path: string, name: string): boolean {
  const folder = posix.dirname(path);
  const candidates = ['', 'packages', folder].map((base) => posix.join(base, name));
  if (candidates.some((candidate) => known.has(candidate))) return true;
  if (name.includes('/')) return false;
  const suffix = `/${name}`;
  const inside = /^(packages|apps)\/[^/]+\//.exec(path)?.[0] ?? '';
  return [...known].some((file) => file.startsWith(inside) && file.endsWith(suffix));
}
