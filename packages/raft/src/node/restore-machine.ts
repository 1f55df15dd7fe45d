import type { SnapshotStream } from '@quorate/storage';

import type { ReplicatedStateMachine } from './streaming-machine.ts';

/**
 * Replaces the state of `machine` by a snapshot: piece by piece where the machine can, and whole,
 * in the memory of its size, where it cannot.
 */
export async function restoreMachine(
  machine: ReplicatedStateMachine,
  snapshot: Pick<SnapshotStream, 'sizeBytes' | 'chunks'>,
): Promise<void> {
  if ('restoreStream' in machine) {
    await machine.restoreStream(snapshot.chunks());
    return;
  }
  const data = new Uint8Array(snapshot.sizeBytes);
  let offset = 0;
  for await (const piece of snapshot.chunks()) {
    data.set(piece, offset);
    offset += piece.length;
  }
  machine.restore(data);
}
