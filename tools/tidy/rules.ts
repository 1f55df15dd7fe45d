import type { Rule } from './project.ts';
import { ambient, noPromiseInCore } from './rules/determinism.ts';
import { invariantCopies, namedFiles, readmes, todos } from './rules/documents.ts';
import { exports } from './rules/exports.ts';
import { imports } from './rules/imports.ts';
import { meeting } from './rules/meeting.ts';
import { shape } from './rules/shape.ts';
import { syntax } from './rules/syntax.ts';
import { testNames, tested } from './rules/tests.ts';

/** Every rule of STYLE.md that a machine can check, by the name it has there. */
export const rules: Readonly<Record<string, Rule>> = {
  'who may import whom': imports,
  'algorithms meet in one small place of the demo': meeting,
  'nothing ambient outside adapters': ambient,
  'no promise in a core': noPromiseInCore,
  'lines, functions and nesting stay small': shape,
  'no any, enum, default export or unchecked assertion, no vague file name': syntax,
  'exports are documented and used': exports,
  'every file is tested': tested,
  'test names state behaviour': testNames,
  'READMEs have their chapters': readmes,
  'documents name files that exist': namedFiles,
  'copies of invariant.ts are identical': invariantCopies,
  'a TODO names its issue': todos,
};
