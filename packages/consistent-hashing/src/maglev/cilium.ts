/*
 * The tables of Cilium, which balances connections by maglev in the kernels of many machines: one
 * that is to find the backend of a connection beside them needs the same table to the entry.
 *
 * Start and stride are those of the paper, of the two halves of MurmurHash3 x64 128 of what Cilium
 * calls a backend, under a seed of 32 bits: the first four of twelve random bytes, which are
 * configured as base64. Turns are its own. It counts entries, not rounds: entry number `count` is
 * offered to node `count mod n`, then to the next one and so on, until somebody may take it. A node
 * may if `(count + 1) * weight` has reached what it has paid; it starts with `weight / n` paid, so
 * that everybody's first turn is free, and pays the sum of all weights for each entry. Somebody
 * always may, since together they have paid less than they have been offered:
 *
 *     sum of what is offered   (count + 1) * sum of weights
 *     sum of what is paid      count * sum of weights + sum of weights / n
 *
 * What is paid is rounded down before it is compared. And weights play a part only if their mean is
 * 2 or more: a node of weight 2 beside one of weight 1 has as many entries.
 *
 * Source: what Cilium's `pkg/maglev` computes, and the tables in its tests.
 */
import { murmur3x64_128 } from '@quorate/hash';

import type { PlacementNode } from '../node-set.ts';
import { type MaglevTurns, takeEntry } from './maglev-table.ts';

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Nodes are counted modulo how many there are, and a hash has four words. */

/** As long as Cilium's longest table. */
export const CILIUM_SIZE_MAX = 131_071;
/** Its table without configuration. */
export const CILIUM_SIZE = 16_381;
/** Its seed without configuration. */
export const CILIUM_SEED = 'JLfvgnHc2kaSUFaI';

/** Weights are 16 bits there. */
const WEIGHT_MAX = 65_535;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The seed of tables, 0..2^32-1, in what Cilium is configured with.
 *
 * @throws RangeError if `text` is not the base64 of 12 bytes.
 */
export function ciliumTableSeed(text: string): number {
  if (!/^[A-Za-z0-9+/]{16}$/.test(text)) {
    throw new RangeError(
      `ciliumSeed: expected 12 bytes as 16 letters of base64, got ${quoted(text)}`,
    );
  }
  const sixes = Array.from(text.slice(0, 6), (letter) => BASE64.indexOf(letter));
  // Six letters are 36 bits, of which the last four belong to the fifth byte.
  return Math.floor(sixes.reduce((sum, six) => sum * 64 + six, 0) / 16);
}

/**
 * The table: for each entry, an index into `nodes`.
 *
 * @param length - A prime, and no less than there are nodes. Not checked here.
 * @throws RangeError for a weight that is no integer of 1..65,535.
 */
export function ciliumTable(
  length: number,
  nodes: readonly PlacementNode[],
  tableSeed: number,
): Int32Array {
  const table = new Int32Array(length).fill(-1);
  const turns = nodes.map((node) => turnsOf(node, length, tableSeed));
  const sum = turns.reduce((total, { weight }) => total + weight, 0);
  const isWeighted = Math.floor(sum / turns.length) > 1;
  const next = Int32Array.from(turns, ({ offset }) => offset);
  const paid = Float64Array.from(turns, ({ weight }) => weight / turns.length);
  /** From which count on a node may take an entry: a first turn is free. */
  const due = new Int32Array(turns.length);
  for (let count = 0; count < length && turns.length > 0; count += 1) {
    let node = count % turns.length;
    while (due[node]! > count) node = node + 1 === turns.length ? 0 : node + 1;
    const { weight, skip } = turns[node]!;
    next[node] = takeEntry(table, next[node]!, skip, node);
    paid[node]! += sum;
    if (isWeighted) due[node] = Math.min(length, Math.ceil(Math.floor(paid[node]!) / weight) - 1);
  }
  return table;
}

function turnsOf({ id, weight }: PlacementNode, length: number, tableSeed: number): MaglevTurns {
  if (!Number.isInteger(weight) || weight < 1 || weight > WEIGHT_MAX) {
    throw new RangeError(
      `weight of ${quoted(id)}: expected an integer in 0..${WEIGHT_MAX}, as Cilium has it, ` +
        `got ${weight}`,
    );
  }
  const words = murmur3x64_128(id, tableSeed);
  const offset = remainder(words[1]!, words[0]!, length);
  return { offset, skip: remainder(words[3]!, words[2]!, length - 1) + 1, weight };
}

/** Of 64 bits by a divisor below 2^21, so that no product passes 2^53. */
function remainder(high: number, low: number, divisor: number): number {
  return ((high % divisor) * 2 ** 32 + low) % divisor;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
