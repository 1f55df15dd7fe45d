import type { CausalGraph } from '../graph/causal-graph.ts';
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

/** Whose event this is. */
export function authorOf(graph: CausalGraph, lv: number): Author {
  return {
    replicaId: graph.replicaId(graph.replicaOf(lv)),
    sequence: graph.sequenceOf(lv),
    lamport: graph.lamportOf(lv),
  };
}
