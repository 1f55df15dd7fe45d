/** `demo`: see cli/command-table.ts for what it can be told. */
import { fileURLToPath } from 'node:url';

import { runCommandLine } from './cli/run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), fileURLToPath(import.meta.url));
// A node or supervisor that has closed everything may still hold a socket that someone else keeps
// open; it has nothing left to do.
process.exit();
