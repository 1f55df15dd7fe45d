import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Workload } from '@quorate/simulation';

const packages = path.join(import.meta.dirname, '../../packages');

function fileOf(packageName: string): string {
  return path.join(packages, packageName, 'test/support/workloads.ts');
}

/** The packages that take part in a soak. */
export function packagesWithWorkloads(): readonly string[] {
  return readdirSync(packages).filter((name) => existsSync(fileOf(name)));
}

/**
 * What the test/support/workloads.ts of a package exports.
 *
 * @throws RangeError if there is no such file.
 */
export async function workloadsOf(packageName: string): Promise<readonly Workload[]> {
  const file = fileOf(packageName);
  if (!existsSync(file)) {
    const known = packagesWithWorkloads().join(', ');
    throw new RangeError(`--package: expected one of ${known}, got "${packageName}"`);
  }
  const { workloads } = (await import(pathToFileURL(file).href)) as {
    workloads: readonly Workload[];
  };
  return workloads;
}

/** `workload` with that many nodes, and without stages, which may have a number of their own. */
export function withNodeCount(workload: Workload, nodeCount: number): Workload {
  const nodeCounts = { min: nodeCount, max: nodeCount };
  return { ...workload, nodeCounts, stage: (_random, drawn) => drawn };
}
