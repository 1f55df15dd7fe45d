/*
 * Maglev: a table as long as a prime, each entry the node of the keys that fall there. A lookup is
 * one load, however many nodes there are.
 *
 * Every node has a preference among the entries: a start and a stride, which meets each entry once
 * since the length is prime. Nodes take turns; whose turn it is takes the first entry in its own
 * order that is still free. So all have the same number of entries but for one, and when a node
 * goes, most entries of the others fall as they fell before: not all, as the free ones were taken
 * in another order. About 1 % of keys move needlessly if there are 100 entries for each node.
 *
 *     preferences   0: 3 0 4 1 5 2 6      1: 0 2 4 6 1 3 5      2: 3 4 5 6 0 1 2
 *     turns         0:3  1:0  2:4  0:1  1:2  2:5  0:6
 *     table         1 0 1 0 2 2 0
 *
 * Weights skip turns: round r is a turn for a node when r times its weight has reached what its
 * turns so far have cost, each the weight of the heaviest. In round one all have a turn, so that
 * whoever weighs anything has an entry.
 *
 * Sources: Eisenbud et al., "Maglev: a fast and reliable software network load balancer", NSDI
 * 2016, §3.4; the skipping of turns as in Envoy's load balancer of the same name.
 */

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every entry is below the length, and every turn is one of those given. */

/** In which order a node prefers the entries, and how often it has a turn. */
export interface MaglevTurns {
  /** 0..length-1. */
  readonly offset: number;
  /** 1..length-1. */
  readonly skip: number;
  /** More than 0. */
  readonly weight: number;
}

/**
 * The table: for each entry, an index into `turns`.
 *
 * @param length - A prime, and no less than there are turns. Not checked here.
 */
export function maglevTable(length: number, turns: readonly MaglevTurns[]): Int32Array {
  const table = new Int32Array(length).fill(-1);
  if (turns.length === 0) return table;
  const heaviest = turns.reduce((most, { weight }) => Math.max(most, weight), 0);
  const next = Int32Array.from(turns, ({ offset }) => offset);
  const paid = new Float64Array(turns.length);
  const rounds = new Rounds(length, turns.length);
  for (let node = 0; node < turns.length; node += 1) rounds.plan(node, 1);
  let filled = 0;
  for (let round = 1; filled < length; round += 1) {
    for (const node of rounds.due(round)) {
      if (filled === length) break;
      const { weight, skip } = turns[node]!;
      next[node] = takeEntry(table, next[node]!, skip, node);
      paid[node]! += heaviest;
      filled += 1;
      rounds.plan(node, Math.max(round + 1, roundOf(paid[node]!, weight)));
    }
  }
  return table;
}

/** The first round that, times `weight`, has reached `paid`: as the products are rounded. */
function roundOf(paid: number, weight: number): number {
  let round = Math.ceil(paid / weight);
  while (round * weight < paid) round += 1;
  while ((round - 1) * weight >= paid) round -= 1;
  return round;
}

/**
 * Who has a turn in which round. To ask everybody each round takes rounds times nodes, which is
 * seconds where one node outweighs thousands.
 */
class Rounds {
  /** A list for each round: its first and its last node, and who comes behind each node. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #behind: Int32Array;

  /** @param roundCount - No more rounds than this: the heaviest takes an entry in each. */
  constructor(roundCount: number, nodeCount: number) {
    this.#first = new Int32Array(roundCount + 1).fill(-1);
    this.#last = new Int32Array(roundCount + 1);
    this.#behind = new Int32Array(nodeCount);
  }

  /** Gives `node`, which has no other turn to come, one in `round`. */
  plan(node: number, round: number): void {
    if (round >= this.#first.length) return;
    this.#behind[node] = -1;
    if (this.#first[round]! < 0) this.#first[round] = node;
    else this.#behind[this.#last[round]!] = node;
    this.#last[round] = node;
  }

  /** Whose turn it is in `round`, ascending. */
  due(round: number): readonly number[] {
    const nodes: number[] = [];
    let isAscending = true;
    for (let node = this.#first[round]!; node >= 0; node = this.#behind[node]!) {
      isAscending &&= node > (nodes.at(-1) ?? -1);
      nodes.push(node);
    }
    return isAscending ? nodes : nodes.sort((left, right) => left - right);
  }
}

/** Gives `node` the first free entry from `at` on, and returns where it looks next. */
export function takeEntry(table: Int32Array, at: number, skip: number, node: number): number {
  const { length } = table;
  let entry = at;
  while (table[entry]! >= 0) {
    entry += skip;
    if (entry >= length) entry -= length;
  }
  table[entry] = node;
  const following = entry + skip;
  return following >= length ? following - length : following;
}

/** Whether `value`, an integer of at least 0, is prime. */
export function isPrime(value: number): boolean {
  if (value < 4) return value >= 2;
  if (value % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= value; divisor += 2) {
    if (value % divisor === 0) return false;
  }
  return true;
}
