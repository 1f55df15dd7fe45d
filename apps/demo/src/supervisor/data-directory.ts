import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the nodes keep their data, and which cluster it is. */
export interface DataDirectory {
  readonly path: string;
  readonly clusterId: string;
  /** The nodes whose data it has. */
  readonly nodeIds: readonly string[];
  /** To be called before the first start, and whenever nodes have come or gone. */
  readonly remember: (nodeIds: readonly string[]) => void;
  /** Removes it if it is temporary. */
  readonly dispose: () => void;
}

/**
 * Opens the directory of an earlier run, or makes an empty one.
 *
 * @param path - `undefined` for a temporary directory.
 * @param nodeIds - The nodes of a new one. An earlier run may have had others, but as many.
 * @throws Error if the directory belongs to a cluster of more or fewer nodes.
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
    return { path: made, clusterId: newClusterId(), nodeIds, remember: () => undefined, dispose };
  }
  const absolute = resolve(path);
  mkdirSync(absolute, { recursive: true });
  const file = join(absolute, 'cluster.json');
  const known = existsSync(file)
    ? parseCluster(readFileSync(file, 'utf8'))
    : { clusterId: newClusterId(), nodeIds };
  if (!known) throw new Error(`${file} is damaged: expected a cluster id and node ids`);
  if (known.nodeIds.length !== nodeIds.length) {
    const count = String(known.nodeIds.length);
    throw new Error(`${absolute} holds ${count} nodes; start it with --nodes ${count}`);
  }
  const remember = (ids: readonly string[]): void => {
    writeFileSync(file, `${JSON.stringify({ clusterId: known.clusterId, nodeIds: ids })}\n`);
  };
  return { path: absolute, ...known, remember, dispose: () => undefined };
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
