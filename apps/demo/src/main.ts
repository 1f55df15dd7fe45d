/** `demo`: see `cli/usage.ts` for what it can be told. */
import { fileURLToPath } from 'node:url';

import { parseCommandLine } from './cli/parse-command-line.ts';
import { usage } from './cli/usage.ts';

const output = {
  print: (line: string): void => void process.stdout.write(`${line}\n`),
  note: (line: string): void => void process.stderr.write(`${line}\n`),
};

/** Runs one command line. @returns The exit code: 0 done, 1 failed, 2 not understood. */
async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommandLine(argv);
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'misuse':
      process.stderr.write(`demo: ${command.problem}\n\n${usage}`);
      return 2;
    case 'control': {
      const { runControlCommand } = await import('./cli/control-client.ts');
      const { text, exitCode } = await runControlCommand(command);
      const output = exitCode === 0 || command.isJson ? process.stdout : process.stderr;
      output.write(`${text}\n`);
      return exitCode;
    }
    case 'node': {
      const { runNode } = await import('./runtime/node-process.ts');
      await runNode(command);
      return 0;
    }
    case 'scenario': {
      const { runScenarios } = await import('./cli/scenario-command.ts');
      return await runScenarios(command, output);
    }
    case 'check': {
      const { runCheck } = await import('./cli/check-command.ts');
      return runCheck(command, output);
    }
    case 'chaos': {
      const { chaosCommand } = await import('./supervisor/run-chaos.ts');
      return chaosCommand(command, fileURLToPath(import.meta.url));
    }
    case 'start': {
      const { runSupervisor } = await import('./supervisor/run-supervisor.ts');
      await runSupervisor(command, fileURLToPath(import.meta.url));
      return 0;
    }
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// A node or supervisor that has closed everything may still hold a socket that someone else keeps
// open; it has nothing left to do.
process.exit();
