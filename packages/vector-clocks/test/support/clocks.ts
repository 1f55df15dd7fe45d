import fc from 'fast-check';

import { type ClockEntry, VectorClock } from '../../src/vector-clock.ts';

/** Few replicas, so that clocks often know the same ones; among them names that objects know. */
export const replicaIds: readonly string[] = ['a', 'b', '__proto__', '7', '\u{1f642}', '\ufffd'];

export const anyReplicaId: fc.Arbitrary<string> = fc.constantFrom(...replicaIds);

/** Clocks with small numbers, so that equal and ordered ones are frequent; zeros among them. */
export const anyClock: fc.Arbitrary<VectorClock> = fc
  .uniqueArray(fc.tuple(anyReplicaId, fc.nat(3)), { selector: ([id]) => id })
  .map((entries) => VectorClock.of(entries));

/** The same entries, with nothing shared. */
export function rebuilt(clock: VectorClock): VectorClock {
  return VectorClock.of(
    [...clock].map(([id, counter]): ClockEntry => [id.slice(0, 1) + id.slice(1), counter]),
  );
}

/** What a clock knows, as plain data. */
export function entriesOf(clock: VectorClock): ClockEntry[] {
  return [...clock];
}
