import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { format, resolveConfig } from 'prettier';

import type { Plan } from './skeleton.ts';
import { skeletonOf } from './skeleton.ts';

/**
 * Writes the skeleton of `plan` below `root` and lets the bench depend on it.
 *
 * @returns The paths written, from the root.
 * @throws RangeError if the package is already there; nothing has been written then.
 */
export async function writePackage(root: string, plan: Plan): Promise<readonly string[]> {
  if (existsSync(path.join(root, 'packages', plan.name))) {
    throw new RangeError(`name: expected a new package, got packages/${plan.name}`);
  }
  const invariant = read(root, 'packages/transport/src/invariant.ts');
  const bench = 'apps/bench/package.json';
  const files = {
    ...skeletonOf(plan, invariant),
    [bench]: withDependency(read(root, bench), `@quorate/${plan.name}`),
  };
  const style = await resolveConfig(path.join(root, 'package.json'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await format(text, { ...style, filepath: file }));
  }
  return Object.keys(files);
}

function read(root: string, name: string): string {
  return readFileSync(path.join(root, name), 'utf8');
}

function withDependency(manifest: string, name: string): string {
  const { dependencies = {}, ...rest } = JSON.parse(manifest) as {
    dependencies?: Readonly<Record<string, string>>;
  };
  const all = { ...dependencies, [name]: 'workspace:*' };
  const sorted = Object.entries(all).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify({ ...rest, dependencies: Object.fromEntries(sorted) });
}
