import { type Delivered, type Event, sees } from './exhaustive.ts';

/** The stamps of a hybrid clock, from its definition: recomputed from what each event had seen. */
function stampOf<Operation extends readonly unknown[]>(
  events: Delivered<Operation>,
  event: Event<Operation>,
): readonly [timeMs: number, counter: number, replicaId: string] {
  const nowMs = Number(event.operation.at(-1));
  let [timeMs, counter] = [0, 0];
  for (const seen of events) {
    if (!sees(event, seen)) continue;
    const [seenMs, seenCounter] = stampOf(events, seen);
    if (seenMs > timeMs || (seenMs === timeMs && seenCounter > counter)) {
      [timeMs, counter] = [seenMs, seenCounter];
    }
  }
  return nowMs > timeMs ? [nowMs, 0, event.replicaId] : [timeMs, counter + 1, event.replicaId];
}

/** The last write of `events`, operations of which the last part is what the clock said. */
export function lastOf<Operation extends readonly unknown[]>(
  events: Delivered<Operation>,
  among: Delivered<Operation> = events,
): Event<Operation> | undefined {
  let last: Event<Operation> | undefined;
  for (const event of among) {
    if (last === undefined || isLater(stampOf(events, event), stampOf(events, last))) last = event;
  }
  return last;
}

/** The same writes as numbers and texts, the later ones larger. */
function isLater(left: readonly (number | string)[], right: readonly (number | string)[]): boolean {
  const at = left.findIndex((part, index) => part !== right[index]);
  const [one, other] = [left[at], right[at]];
  return one !== undefined && other !== undefined && one > other;
}
