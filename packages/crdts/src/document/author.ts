import type { CausalGraph } from '../graph/causal-graph.ts';
import type { ReplicaId } from '../replica-id.ts';

/** Who wrote something: an event by its replica and its number there. */
export interface Author {
  readonly replicaId: ReplicaId;
  /** Which of the replica's events it was, from 0. */
  readonly sequence: number;
}

/** Whose event this is. */
export function authorOf(graph: CausalGraph, lv: number): Author {
  return { replicaId: graph.replicaId(graph.replicaOf(lv)), sequence: graph.sequenceOf(lv) };
}
