/**
 * Runs files in etcd/raft's data-driven formats over the core, and prints how each went.
 *
 * ```text
 * pnpm --filter @quorate/raft conformance <file or folder> …
 * ```
 *
 * Fails if something differs that `exceptions.ts` does not list, or is listed and does not differ.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { dataFilesAt, readDataFile } from './data-driven.ts';
import { exceptionsFor } from './exceptions.ts';
import { problemsOf, reportOn, rowOf, tableHead } from './report.ts';

/** The package manager runs scripts in the folder of the package, whoever called it from where. */
function locate(path: string): string {
  const candidates = [process.env['INIT_CWD'] ?? process.cwd(), process.cwd()];
  const places = candidates.map((folder) => resolve(folder, path));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new RangeError(`path: expected a file or folder, got ${path}`);
  return found;
}

const paths = process.argv.slice(2).filter((word) => word !== '--');
if (paths.length === 0) {
  console.error('usage: pnpm --filter @quorate/raft conformance <file or folder> …');
  process.exit(2);
}
const files = paths.flatMap((path) => dataFilesAt(locate(path)));
if (files.length === 0) throw new RangeError(`path: expected .txt files, got ${paths.join(', ')}`);
const reports = files.map((path) => {
  const file = readDataFile(path);
  return reportOn(file, exceptionsFor(file.name));
});
const problems = reports.flatMap(problemsOf);
for (const problem of problems) console.log(`${problem}\n`);
console.log([...tableHead, ...reports.map(rowOf)].join('\n'));
if (problems.length > 0) {
  console.log(`\n${problems.length} differences that no exception explains`);
  process.exitCode = 1;
}
