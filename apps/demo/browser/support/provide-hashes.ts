import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The hash of the run of each seed, as Node computes it. */
    readonly nodeHashes: Readonly<Record<string, string>>;
  }
}

/** Makes the runs in Node, so that the browser has something to compare with. */
export function setup(project: TestProject): void {
  const script = fileURLToPath(new URL('print-hashes.ts', import.meta.url));
  const text = execFileSync(process.execPath, ['--conditions=@quorate/source', script]);
  const lines = text.toString().trim().split('\n');
  const pairs = lines.map((line): [string, string] => [
    line.split(' ')[0] ?? '',
    line.split(' ')[1] ?? '',
  ]);
  const hashes = Object.fromEntries(pairs);
  project.provide('nodeHashes', hashes);
}
