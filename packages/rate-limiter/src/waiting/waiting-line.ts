import type { Priority } from '../rate-limiter.ts';

/** Somebody in a line. */
export interface Waiting {
  readonly cost: number;
  readonly priority: Priority;
}

/** Turns in a row that more important ones get before the one that has waited longest does. */
const TURNS_IN_A_ROW = 3;

const ranks: readonly Priority[] = ['critical', 'normal', 'low'];

/**
 * Who of one tenant waits for a key, and whose turn it is: first come, first served within a
 * priority, and the more important first.
 *
 * So that nobody starves, every fourth turn is that of whoever has waited longest, whatever its
 * priority. Nobody overtakes the one whose turn it is because its cost is large: what small ones
 * took meanwhile it would wait for again, and for ever.
 */
export class WaitingLine<Item extends Waiting> {
  /** By arrival. */
  readonly #items = new Set<Item>();
  #turnsInARow = 0;

  /** How many wait. */
  get size(): number {
    return this.#items.size;
  }

  /** Whether `item` waits. */
  has(item: Item): boolean {
    return this.#items.has(item);
  }

  /** Joins at the end. */
  add(item: Item): void {
    this.#items.add(item);
  }

  /** Leaves, in turn or out of it. */
  remove(item: Item): void {
    this.#items.delete(item);
  }

  /** Everybody, by arrival. */
  all(): readonly Item[] {
    return [...this.#items];
  }

  /** Who came last of the least important. */
  last(): Item | undefined {
    let last: Item | undefined;
    for (const item of this.#items) {
      const rank = ranks.indexOf(item.priority);
      if (last === undefined || rank >= ranks.indexOf(last.priority)) last = item;
    }
    return last;
  }

  /** Whose turn it is. */
  next(): Item | undefined {
    const [oldest] = this.#items;
    if (oldest === undefined || this.#turnsInARow >= TURNS_IN_A_ROW) return oldest;
    for (const rank of ranks) {
      for (const item of this.#items) {
        if (item.priority === rank) return item;
      }
    }
    return oldest;
  }

  /** Takes out `item`, which has had its turn. */
  served(item: Item): void {
    const [oldest] = this.#items;
    this.#turnsInARow = item === oldest ? 0 : this.#turnsInARow + 1;
    this.#items.delete(item);
  }

  /** What those cost together who come before somebody of `priority` that joins now. */
  costBefore(priority: Priority): number {
    let cost = 0;
    for (const item of this.#items) {
      if (ranks.indexOf(item.priority) <= ranks.indexOf(priority)) cost += item.cost;
    }
    return cost;
  }
}
