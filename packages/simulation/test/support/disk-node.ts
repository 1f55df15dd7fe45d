import { type Disk, DiskError } from '@quorate/storage';
import { nodeId, type NodeId } from '@quorate/transport';

import { Simulation, type SimulationOptions } from '../../src/index.ts';

/** The node that has the disk. */
export const owner: NodeId = nodeId('n');

/** A node that does what `life` says in each of its lives, with its disk. */
export function nodeWith(
  life: (disk: Disk, incarnation: number) => Promise<void>,
  options: Partial<SimulationOptions> = {},
): Simulation {
  const simulation = new Simulation({ seed: 1, ...options });
  simulation.addNode(owner, async ({ disk, incarnation }) => {
    await life(disk, incarnation);
    return {};
  });
  return simulation;
}

/** How an operation ended: 'ok', the code of its `DiskError`, or what else it threw. */
export async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return 'ok';
  } catch (error) {
    return error instanceof DiskError ? error.code : String(error);
  }
}

/** All bytes of a file. */
export async function contents(disk: Disk, path: string): Promise<readonly number[]> {
  const file = await disk.open(path);
  const bytes = new Uint8Array(await file.sizeBytes());
  await file.read(0, bytes);
  await file.close();
  return [...bytes];
}
