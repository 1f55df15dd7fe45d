/*
 * The last writer wins, and can take it back.
 *
 * Problem: a key of a map, the value of an element, the place of something that was moved, the
 * parent of a node: each holds one thing, and several replicas write it without knowing of each
 * other. And whoever wrote can undo the write, long after others wrote, too.
 *
 * Why the obvious way fails: to keep only the winner is enough for writing, but an undone write
 * leaves a gap. Writing the old value again instead is wrong if the old value was undone as well.
 *
 * Idea: keep every write, ordered by (Lamport time, replica id), an order that respects cause and
 * effect and needs no clock of the machine. The last write that nobody revoked wins. Undoing is a
 * flag, not a write, so what shines through is what would be there without the write.
 *
 * Source of the order: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
 * CACM 1978.
 */
import type { CausalGraph } from '../graph/causal-graph.ts';

/** One write. */
export interface Write<Content> {
  readonly lv: number;
  readonly content: Content;
  isRevoked: boolean;
}

/** See the head of the file. */
export class Register<Content> {
  /** In the order of events. */
  readonly writes: Write<Content>[] = [];

  /** The write that counts. */
  get winner(): Write<Content> | undefined {
    return this.writes.findLast((write) => !write.isRevoked);
  }

  /** Takes in a write; its index: O(1) if it is the last one, else a splice. */
  add(graph: CausalGraph, lv: number, content: Content): number {
    const { writes } = this;
    let at = writes.length;
    if (at > 0 && graph.isBefore(lv, writes[at - 1]?.lv ?? -1)) {
      let low = 0;
      at -= 1;
      while (low < at) {
        const middle = (low + at) >> 1;
        if (graph.isBefore(lv, writes[middle]?.lv ?? -1)) at = middle;
        else low = middle + 1;
      }
    }
    writes.splice(at, 0, { lv, content, isRevoked: false });
    return at;
  }

  /** The index of the write of event `lv`, -1 if there is none. */
  find(lv: number): number {
    return this.writes.findLastIndex((write) => write.lv === lv);
  }

  /** Whether the write of event `lv` counts from now on. */
  revoke(lv: number, isRevoked: boolean): void {
    const write = this.writes[this.find(lv)];
    if (write !== undefined) write.isRevoked = isRevoked;
  }
}
