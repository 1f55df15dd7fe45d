import { cac } from 'cac';

import type { BenchResult } from './harness.ts';
import { runSuite } from './harness.ts';
import { jsonLine, table } from './report.ts';
import type { Suite } from './suite.ts';

/** What the command needs from the world around it. */
export interface CommandWorld {
  /** Names that `loadSuite` knows, sorted. */
  listSuites(): Promise<readonly string[]>;
  loadSuite(name: string): Promise<Suite>;
  /** Standard output: results only. */
  print(line: string): void;
  /** Standard error: progress and usage. */
  complain(line: string): void;
}

interface Request {
  readonly suites: readonly string[];
  readonly json: boolean;
  readonly runs: number | undefined;
  readonly caseFilter: string | undefined;
}

/**
 * Runs the suites that `args` names and prints a table for each, or one line of JSON per result.
 *
 * @returns The exit code: 0; 1 if a contender failed; 2 after printing the usage.
 */
export async function runBench(args: readonly string[], world: CommandWorld): Promise<number> {
  const known = await world.listSuites();
  const request = parse(args, known);
  if (typeof request === 'string') {
    world.complain(`${request}\n\n${usage(known)}`);
    return 2;
  }
  let failed = false;
  for (const name of request.suites) {
    const suite = await world.loadSuite(name);
    if (!request.json) world.print(`${suite.name}: ${suite.description}`);
    const results: BenchResult[] = [];
    const options = {
      ...(request.runs !== undefined && { runs: request.runs }),
      ...(request.caseFilter !== undefined && { caseFilter: request.caseFilter }),
      onProgress: (text: string) => {
        world.complain(text);
      },
    };
    for await (const result of runSuite(suite, options)) {
      results.push(result);
      if (request.json) world.print(jsonLine(result));
    }
    if (!request.json) world.print(`${table(results)}\n`);
    failed ||= results.some((result) => result.failed);
  }
  return failed ? 1 : 0;
}

/** What `args` ask for, or the sentence that says what is wrong with them. */
function parse(args: readonly string[], known: readonly string[]): Request | string {
  const { args: suites, options } = cac('bench').parse(['node', 'bench', ...args], { run: false });
  const flags = new Map<string, unknown>(Object.entries(options).filter(([key]) => key !== '--'));
  const [json = false, runs, caseFilter] = ['json', 'runs', 'case'].map((key) => flags.get(key));
  const strange = [...flags.keys()].find((key) => !['json', 'runs', 'case'].includes(key));
  if (strange !== undefined) return `unknown flag --${strange}`;
  if (typeof json !== 'boolean') return `--json: expected no value, got ${String(json)}`;
  if (runs !== undefined && (!Number.isSafeInteger(runs) || Number(runs) < 1)) {
    return `--runs: expected a whole number of at least 1, got ${JSON.stringify(runs)}`;
  }
  if (
    caseFilter !== undefined &&
    typeof caseFilter !== 'string' &&
    typeof caseFilter !== 'number'
  ) {
    return '--case: expected one text, got none or several';
  }
  if (suites.length === 0) return 'no suite named';
  const unknown = suites.find((suite) => !known.includes(suite));
  if (unknown !== undefined) return `unknown suite ${unknown}`;
  return {
    suites,
    json,
    runs: runs === undefined ? undefined : Number(runs),
    caseFilter: caseFilter === undefined ? undefined : String(caseFilter),
  };
}

function usage(known: readonly string[]): string {
  return [
    'usage: pnpm bench <suite>… [--json] [--runs N] [--case TEXT]',
    `suites: ${known.length === 0 ? '(none yet)' : known.join(', ')}`,
  ].join('\n');
}
