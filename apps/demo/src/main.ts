/** `demo`: see cli/command-table.ts for what it can be told. */
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const { runCommandLine } = await import('./cli/run-command-line.ts');
  process.exitCode = await runCommandLine(process.argv.slice(2), fileURLToPath(import.meta.url));
  // Whoever reads slowly gets all of it, or has gone away.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  // A node or supervisor that has closed everything may still hold a socket that someone else
  // keeps open; it has nothing left to do.
  process.exit();
} else {
  const { serveJobs } = await import('./cli/sim/sim-worker.ts');
  serveJobs();
}
