import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Workload } from '@quorate/simulation';

const root = path.join(import.meta.dirname, '../..');

/** The file of workloads of each package and app that has one, by its name. */
function filesByName(): ReadonlyMap<string, string> {
  const folders = ['packages', 'apps'].flatMap((area) =>
    readdirSync(path.join(root, area)).map((name) => ({ area, name })),
  );
  const files = folders.map(
    ({ area, name }) => [name, path.join(root, area, name, 'test/support/workloads.ts')] as const,
  );
  return new Map(files.filter(([, file]) => existsSync(file)));
}

/** The packages and apps that take part in a soak. */
export function packagesWithWorkloads(): readonly string[] {
  return [...filesByName().keys()];
}

/**
 * What the test/support/workloads.ts of a package or app exports.
 *
 * @throws RangeError if there is no such file.
 */
export async function workloadsOf(packageName: string): Promise<readonly Workload[]> {
  const file = filesByName().get(packageName);
  if (file === undefined) {
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
