/**
 * `pnpm run lint`: eslint over the whole project, a process for each package, app and the rest. One
 * process for all keeps the types of all in memory, which is more than Node gives it.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const eslint = path.join(root, 'node_modules/eslint/bin/eslint.js');

function lint(...patterns: readonly string[]): boolean {
  const args = [eslint, '--max-warnings', '0', ...process.argv.slice(2), ...patterns];
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const homes = ['packages', 'apps'].flatMap((area) =>
  readdirSync(path.join(root, area)).map((name) => `${area}/${name}`),
);
const failed = homes.filter((home) => !lint(home));
if (!lint('.', '--ignore-pattern', 'packages', '--ignore-pattern', 'apps')) failed.push('the root');
if (failed.length > 0) {
  console.error(`eslint: ${failed.join(', ')}`);
  process.exitCode = 1;
}
