import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';

/** Who wrote something: an event by its replica and its number there. */
export interface Author {
  readonly replicaId: ReplicaId;
  /** Which of the replica's events it was, from 0. */
  readonly sequence: number;
  /** When, in Lamport time: of two writes of one value the later one wins, then the higher id. */
  readonly lamport: number;
}

/** Events of one author that follow each other. */
export interface AuthorRange {
  readonly replicaId: ReplicaId;
  /** Which of the replica's events is the first, from 0. */
  readonly sequence: number;
  /** How many they are, at least 1. */
  readonly count: number;
}

/** Where these events are here, each range of one author. @throws RangeError if one is not here. */
export function eventsOf(graph: CausalGraph, ranges: readonly AuthorRange[]): EventRange[] {
  return ranges.flatMap(({ replicaId, sequence, count }) => {
    const replica = graph.indexOfReplica(replicaId);
    const [first, last] = [sequence, sequence + count - 1];
    const areWhole = Number.isInteger(first) && Number.isInteger(last) && count >= 1;
    if (!areWhole || graph.lvOf(replica, first) < 0 || graph.lvOf(replica, last) < 0) {
      throw new RangeError(
        `events: expected some that are here, got ${replicaId} ${first}..${last}`,
      );
    }
    const found: EventRange[] = [];
    for (let next = first; next <= last;) {
      const start = graph.lvOf(replica, next);
      const end = Math.min(graph.runEnd(graph.runAt(start)), start + last + 1 - next);
      found.push({ start, end });
      next += end - start;
    }
    return found;
  });
}

/** Whose event this is. */
export function authorOf(graph: CausalGraph, lv: number): Author {
  return {
    replicaId: graph.replicaId(graph.replicaOf(lv)),
    sequence: graph.sequenceOf(lv),
    lamport: graph.lamportOf(lv),
  };
}
