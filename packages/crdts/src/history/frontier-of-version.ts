import type { CausalGraph } from '../graph/causal-graph.ts';
import { decodeVersion } from './version-codec.ts';

/**
 * The frontier of the version that `bytes` name.
 *
 * @throws CorruptBytesError if they name none.
 * @throws RangeError if it has events that are not here.
 */
export function frontierOfVersion(graph: CausalGraph, bytes: Uint8Array): readonly number[] {
  const counts = new Array<number>(graph.replicaCount).fill(0);
  for (const { replicaId, nextSequence } of decodeVersion(bytes)) {
    const replica = graph.indexOfReplica(replicaId);
    const known = replica < 0 ? 0 : graph.nextSequence(replica);
    if (nextSequence > known) {
      const expected = `version: expected at most ${known} events of ${JSON.stringify(replicaId)}`;
      throw new RangeError(`${expected}, got ${nextSequence}`);
    }
    counts[replica] = nextSequence;
  }
  return graph.frontierOf(counts);
}
