/**
 * `pnpm run lint`: eslint over the whole project, a process for each package, app and the rest. One
 * process for all keeps the types of all in memory, which is more than Node gives it. There are as
 * many at a time as cores.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const eslint = path.join(root, 'node_modules/eslint/bin/eslint.js');

async function lint(...patterns: readonly string[]): Promise<boolean> {
  const args = [eslint, '--max-warnings', '0', ...process.argv.slice(2), ...patterns];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status === 0;
}

// The largest first: in the end no core waits for another.
const areas = ['apps', 'packages'];
const homes = areas.flatMap((area) =>
  readdirSync(path.join(root, area)).map((name) => [`${area}/${name}`]),
);
const rest = ['.', ...areas.flatMap((area) => ['--ignore-pattern', area])];
const left = [...homes, rest].values();
const failed: string[] = [];
async function lintOneByOne(): Promise<void> {
  for (const patterns of left) {
    if (!(await lint(...patterns))) failed.push(patterns[0] === '.' ? 'the root' : patterns.join());
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, lintOneByOne));
if (failed.length > 0) {
  console.error(`eslint: ${failed.join(', ')}`);
  process.exitCode = 1;
}
