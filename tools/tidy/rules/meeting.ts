import path from 'node:path';

import ts from 'typescript';

import { isAlgorithm, meetingPlace } from '../layers.ts';
import type { Project, SourceFile, Violation } from '../project.ts';
import { violationAt } from '../project.ts';

/**
 * The demo has one place where algorithms meet, which can be read in an afternoon: it stays small,
 * files elsewhere know one algorithm each, and what it is made of does not know it.
 */
export function* meeting(project: Project): Generator<Violation> {
  const { folder, app, codeLinesMax } = meetingPlace;
  const files = project.sources.filter((file) => file.path.startsWith(app));
  const inside = files.filter((file) => file.path.startsWith(folder));
  const count = inside.reduce((sum, file) => sum + codeLines(file.text), 0);
  if (count > codeLinesMax) {
    const advice = `move out what is no meeting: ${count} lines of code, at most ${codeLinesMax}`;
    yield { path: folder, line: 1, rule: 'size of the meeting place', advice };
  }
  for (const file of files) if (!inside.includes(file)) yield* judge(file);
}

function* judge(file: SourceFile): Generator<Violation> {
  const { folder, madeOf } = meetingPlace;
  const isPart = madeOf.some((part) => file.path.startsWith(part));
  const met = new Set<string>();
  for (const statement of file.tree.statements) {
    const specifier = specifierOf(statement);
    if (specifier === undefined) continue;
    const target = path.posix.join(path.posix.dirname(file.path), specifier);
    if (isPart && specifier.startsWith('.') && target.startsWith(folder)) {
      const advice = `say in an interface what it needs of ${folder}, which adapts to it`;
      yield violationAt(file, statement, 'below the meeting place', advice);
    }
    const [scope, home = ''] = specifier.split('/');
    if (scope !== '@quorate' || !isAlgorithm(home)) continue;
    met.add(home);
    if (met.size < 2) continue;
    const advice = `let ${[...met].join(' and ')} meet in ${folder}`;
    yield violationAt(file, statement, 'meeting elsewhere', advice);
  }
}

function specifierOf(statement: ts.Statement): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
  const specifier = statement.moduleSpecifier;
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

/** Lines that are neither blank nor comment. */
function codeLines(text: string): number {
  return text.split('\n').filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line)).length;
}
