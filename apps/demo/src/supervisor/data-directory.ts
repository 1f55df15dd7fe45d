import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the nodes keep their data, and which cluster it is. */
export interface DataDirectory {
  readonly path: string;
  readonly clusterId: string;
  /** Removes it if it is temporary. */
  readonly dispose: () => void;
}

/**
 * Opens the directory of an earlier run, or makes one.
 *
 * @param path - `undefined` for a temporary directory.
 * @throws Error if the directory belongs to a cluster of other nodes: its logs would not fit.
 */
export function openDataDirectory(
  path: string | undefined,
  nodeIds: readonly string[],
): DataDirectory {
  if (path === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'quorate-demo-'));
    const dispose = (): void => {
      rmSync(made, { recursive: true, force: true });
    };
    return { path: made, clusterId: newClusterId(), dispose };
  }
  const absolute = resolve(path);
  mkdirSync(absolute, { recursive: true });
  const file = join(absolute, 'cluster.json');
  if (!existsSync(file)) {
    writeFileSync(file, `${JSON.stringify({ clusterId: newClusterId(), nodeIds })}\n`);
  }
  const known = parseCluster(readFileSync(file, 'utf8'));
  if (!known) throw new Error(`${file} is damaged: expected a cluster id and node ids`);
  if (known.nodeIds.join() !== nodeIds.join()) {
    const count = String(known.nodeIds.length);
    throw new Error(`${absolute} holds ${count} nodes; start it with --nodes ${count}`);
  }
  return { path: absolute, clusterId: known.clusterId, dispose: () => undefined };
}

function newClusterId(): string {
  return `demo-${randomBytes(6).toString('hex')}`;
}

function parseCluster(
  text: string,
): { readonly clusterId: string; readonly nodeIds: readonly string[] } | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null) return undefined;
    if (!('clusterId' in document && 'nodeIds' in document)) return undefined;
    const { clusterId, nodeIds } = document;
    if (typeof clusterId !== 'string' || !Array.isArray(nodeIds)) return undefined;
    return { clusterId, nodeIds: nodeIds.map(String) };
  } catch {
    return undefined;
  }
}
