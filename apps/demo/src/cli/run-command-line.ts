/** One command line, from its words to its exit code. */
import { coloursFor } from './colours.ts';
import { Misuse } from './command-spec.ts';
import { commands } from './command-table.ts';
import { helpOf, overview, usageLine } from './help.ts';
import { commonOptions, parseCommandLine, type ParsedLine } from './parse-command-line.ts';
import { progressOn } from './progress.ts';
import { type ExitCode, Failure, type Shell } from './shell.ts';
import { safeJson, safeLines } from './terminal/safe-text.ts';

/**
 * Runs one command line. Never rejects.
 *
 * @param argv - The arguments after the script's name.
 * @param mainFile - The script that runs a node when called with `node …`.
 */
export async function runCommandLine(argv: readonly string[], mainFile: string): Promise<ExitCode> {
  const parsed = parseCommandLine(commands, argv);
  switch (parsed.kind) {
    case 'help': {
      const { command } = parsed;
      process.stdout.write(command ? helpOf(command, commonOptions) : overview(commands));
      return 0;
    }
    case 'misuse': {
      const { command, problem } = parsed;
      const usage = command ? `${usageLine(command)}\nMore: demo ${command.name} -h` : 'demo -h';
      process.stderr.write(`demo: ${problem}\nUsage: ${usage}\n`);
      return 2;
    }
    case 'run':
      return await run(parsed, mainFile);
  }
}

async function run(
  { command, given, isJson, isPlain }: ParsedLine & { readonly kind: 'run' },
  mainFile: string,
): Promise<ExitCode> {
  endWithReader();
  const progress = progressOn(process.stderr, () => performance.now());
  let interrupt: AbortController | undefined;
  const shell: Shell = {
    print: (line) => {
      progress.clear();
      process.stdout.write(`${isJson ? safeJson(line) : line}\n`);
    },
    note: (line) => {
      progress.clear();
      process.stderr.write(`${safeLines(line)}\n`);
    },
    foreign: (text) => (process.stdout.isTTY ? safeLines(text) : text),
    ...{ progress, isJson, mainFile, colours: coloursFor(process.stdout, isPlain || isJson) },
    // Whoever never looks at it ends by the signal, or has handlers of its own.
    get interrupted() {
      interrupt ??= abortedByCtrlC();
      return interrupt.signal;
    },
  };
  try {
    return await given.run(shell);
  } catch (error) {
    // What only shows when it is looked at together, like an option that does not fit another.
    if (error instanceof Misuse) {
      shell.note(`demo: ${error.message}\nUsage: ${usageLine(command)}`);
      return 2;
    }
    const sentence = error instanceof Error ? error.message : String(error);
    if (isJson && error instanceof Failure) shell.print(JSON.stringify({ error: sentence }));
    else shell.note(`demo: ${sentence}`);
    return 1;
  } finally {
    progress.clear();
  }
}

/** `demo … | head`: who reads no more wants no more, so it ends as by Ctrl-C. */
function endWithReader(): void {
  process.stdout.once('error', ({ code }: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => undefined);
    if (code !== 'EPIPE') process.exitCode = 1;
    if (!process.emit('SIGINT')) process.exit();
  });
}

/** The first Ctrl-C aborts, the second one ends the process. */
function abortedByCtrlC(): AbortController {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  return controller;
}
