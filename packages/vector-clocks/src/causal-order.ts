/**
 * When a message may be delivered so that nobody hears an answer before its question.
 *
 * Every member counts what it has published; a message carries, as a vector with one entry for each
 * member, how many of each its origin had delivered when it published, itself included. So the
 * vector names the message's whole past, and a receiver with `delivered` of each may deliver it
 * when nothing of that past is missing:
 *
 * ```text
 *   vector[origin] = delivered[origin] + 1     the next of its origin, and
 *   vector[k]     <= delivered[k]              all that its origin knew of the others
 *
 *   a: publishes 1 [1 0 0] ──────────────┐ late
 *   b: delivers it, publishes [1 1 0] ─┐ │
 *   c: delivered [0 0 0]               ▾ waits for (a, 1)
 *                                        ▾ delivers (a, 1), then (b, 1)
 * ```
 *
 * What was delivered never grows less, so an entry that is satisfied stays so: a check that stopped
 * at an entry goes on from there. That, and waking a message only when the very message it stopped
 * at is delivered, is why a buffer need not look at all that waits (`causal-buffer.ts`).
 *
 * Sources: Birman, Schiper and Stephenson, "Lightweight Causal and Atomic Group Multicast", TOCS
 * 1991; Raynal, Schiper and Toueg, "The Causal Ordering Abstraction and a Simple Way to Implement
 * It", IPL 1991.
 */

/**
 * Where the past of a message is not delivered yet.
 *
 * @param delivered - How many messages of each member were delivered.
 * @param origin - The index of who published.
 * @param vector - What the origin had delivered, with the message itself: as many entries.
 * @param from - The first index to look at; those before it are known to be satisfied.
 * @returns The first index at which `delivered` lacks something, or -1 if the message may be
 *   delivered now, or was already.
 *
 * @remarks
 * O(members), and less the later it begins. No allocation.
 *
 * @example
 * ```ts
 * import { firstMissing } from '@quorate/vector-clocks';
 *
 * const delivered = Float64Array.of(0, 0, 0);
 * firstMissing(delivered, 1, Float64Array.of(1, 1, 0)); // => 0
 * firstMissing(Float64Array.of(1, 0, 0), 1, Float64Array.of(1, 1, 0)); // => -1
 * ```
 */
export function firstMissing(
  delivered: Float64Array,
  origin: number,
  vector: Float64Array,
  from = 0,
): number {
  for (let index = from; index < vector.length; index += 1) {
    const known = delivered[index] ?? 0;
    const needed = vector[index] ?? 0;
    // Of the origin's own, the message itself is not needed.
    if (needed > known && (index !== origin || needed > known + 1)) return index;
  }
  return -1;
}
