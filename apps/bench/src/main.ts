/** `pnpm bench <suite> [--json] [--runs N] [--case TEXT]`: ours beside its peers, in one run. */
import { readdir } from 'node:fs/promises';

import { runBench } from './command.ts';
import type { Suite } from './suite.ts';

const suitesFolder = new URL('suites/', import.meta.url);

process.exitCode = await runBench(process.argv.slice(2), {
  listSuites: async () =>
    (await readdir(suitesFolder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.slice(0, -'.ts'.length))
      .toSorted(),
  loadSuite: async (name) => {
    const module = (await import(new URL(`${name}.ts`, suitesFolder).href)) as { suite: Suite };
    return module.suite;
  },
  print: (line) => {
    console.log(line);
  },
  complain: (line) => {
    console.error(line);
  },
});
