import type { Random } from '@quorate/transport';

/** An event of a history: whose it is, and the event that sent the message it received, if any. */
export interface HistoryEvent {
  /** Its process, from 0. */
  readonly process: number;
  /** The index of the sending event, which is earlier; `undefined` if it received nothing. */
  readonly sender: number | undefined;
}

/**
 * Events in an order in which they may have happened. Messages get lost, overtake, come twice.
 *
 * @param count - At most 31: pasts are bits of one number.
 */
export function drawHistory(random: Random, processCount: number, count: number): HistoryEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const hasMessage = index > 0 && random.int(2) === 1;
    return {
      process: random.int(processCount),
      sender: hasMessage ? random.int(index) : undefined,
    };
  });
}

/**
 * For each event the set of those that happened before it, bit by bit: Lamport's definition, the
 * transitive closure of "earlier in the same process" and "sent what it received".
 */
export function pastsOf(history: readonly HistoryEvent[]): number[] {
  const pasts: number[] = [];
  const lastOf = new Map<number, number>();
  history.forEach(({ process, sender }, index) => {
    let past = 0;
    for (const cause of [lastOf.get(process), sender]) {
      if (cause !== undefined) past |= (pasts[cause] ?? 0) | (1 << cause);
    }
    pasts.push(past);
    lastOf.set(process, index);
  });
  return pasts;
}
