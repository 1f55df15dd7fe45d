/** Two who set the status at once: who wins, and why. */
import { recordOf } from '@quorate/crdts/document';

import type { Board } from '../../board/board.ts';

/** One of the values that were written without knowing of each other. */
export interface StatusWrite {
  /** Empty for a removal. */
  readonly value: string;
  readonly replicaId: string;
  /** When, in Lamport time. */
  readonly lamport: number;
}

/** What was written to the status at the same time, the winner first; one entry is no conflict. */
export function statusWrites(board: Board): readonly StatusWrite[] {
  const record = recordOf(board.root);
  const authors = record.conflictAuthors('status');
  return record.conflicts('status').map((value, index) => ({
    value: typeof value === 'string' ? value : '',
    replicaId: authors[index]?.replicaId ?? '',
    lamport: authors[index]?.lamport ?? 0,
  }));
}

/** Why the first of them wins, in a sentence; nothing if there is no conflict. */
export function reasonOf(writes: readonly StatusWrite[]): string | undefined {
  const [winner, second] = writes;
  if (winner === undefined || second === undefined) return undefined;
  if (winner.lamport > second.lamport) {
    return (
      `${winner.replicaId} wrote at Lamport time ${winner.lamport}, ` +
      `${second.replicaId} at ${second.lamport}: the later one wins.`
    );
  }
  return (
    `Both wrote at Lamport time ${winner.lamport}: ` +
    `${winner.replicaId} wins, as it is the higher id.`
  );
}
