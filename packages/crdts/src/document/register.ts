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
 * effect and needs no clock of the machine. The last write that nobody revoked wins. Undoing is no
 * write: a write that is undone is laid aside, so what shines through is what would be there
 * without it, and is found at once, however many were undone.
 *
 * Source of the order: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
 * CACM 1978.
 */
import type { CausalGraph } from '../graph/causal-graph.ts';

/** One write. */
export interface Write<Content> {
  readonly lv: number;
  readonly content: Content;
}

/** See the head of the file. */
export class Register<Content> {
  /** Those that count, in the order of events. */
  readonly writes: Write<Content>[] = [];
  #revoked: Map<number, Write<Content>> | undefined = undefined;

  /** The write that counts. */
  get winner(): Write<Content> | undefined {
    return this.writes[this.writes.length - 1];
  }

  /** Forgets all writes. */
  clear(): void {
    this.writes.length = 0;
    this.#revoked = undefined;
  }

  /** Takes in a write; its index: O(1) if it is the last one, else a splice. */
  add(graph: CausalGraph, lv: number, content: Content): number {
    return this.#insert(graph, { lv, content });
  }

  /** The index of the write of event `lv`, or where it would be. O(log n). */
  find(graph: CausalGraph, lv: number): number {
    const { writes } = this;
    let low = 0;
    let high = writes.length;
    if (high > 0 && graph.isBefore(writes[high - 1]?.lv ?? -1, lv)) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (graph.isBefore(writes[middle]?.lv ?? -1, lv)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether the write of event `lv` counts from now on; that write, if there is one. */
  revoke(graph: CausalGraph, lv: number, isRevoked: boolean): Write<Content> | undefined {
    if (!isRevoked) {
      const write = this.#revoked?.get(lv);
      if (write === undefined) return undefined;
      this.#revoked?.delete(lv);
      this.#insert(graph, write);
      return write;
    }
    const at = this.find(graph, lv);
    const write = this.writes[at];
    if (write?.lv !== lv) return undefined;
    this.writes.splice(at, 1);
    this.#revoked ??= new Map<number, Write<Content>>();
    this.#revoked.set(lv, write);
    return write;
  }

  #insert(graph: CausalGraph, write: Write<Content>): number {
    const { writes } = this;
    const at = this.find(graph, write.lv);
    if (at === writes.length) writes.push(write);
    else writes.splice(at, 0, write);
    return at;
  }
}
