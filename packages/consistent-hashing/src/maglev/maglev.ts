import { type Key, keyHasher, type KeyHasher } from '@quorate/hash';

import { hasherOf } from '../codec/hash-fields.ts';
import type { CheckedFields } from '../codec/snapshot-format.ts';
import { HashedPlacement, type HashedParts, ownersAmong } from '../hashed-placement.ts';
import { changedNodes, nodeSet, type PlacementChange, type PlacementNode } from '../node-set.ts';
import {
  type HashedOptions,
  ownerOf,
  type Placement,
  type PlacementLayout,
  type PlacementTraits,
} from '../placement.ts';
import { isPrime, maglevTable } from './maglev-table.ts';

/** What a maglev placement is made of. */
export interface MaglevOptions<Meta = unknown> extends HashedOptions<Meta> {
  /**
   * Length of the table; 65,537 without it. A prime in 2..4,194,301, no less than there are nodes.
   *
   * @remarks
   * Of keys, about nodes / tableSize move needlessly when a node comes or goes: 100 entries for
   * each node make it 1 %. Shares are exact to one entry. Each entry takes 4 bytes.
   */
  readonly tableSize?: number;
}

const TABLE_SIZE = 65_537;
const TABLE_SIZE_MAX = 4_194_301;
/** Between the lightest and the heaviest: rounds without a turn take time. */
const WEIGHT_RATIO_MAX = 1_000_000;

const traits: PlacementTraits = {
  weights: 'quantised',
  removal: 'any',
  excess: 'bounded',
  diff: 'slots',
  orderDependent: false,
};

/**
 * Maglev: a lookup is one load from a table; weights hold, and a few keys move needlessly.
 *
 * @throws RangeError for nodes or an option out of range.
 *
 * @example
 * ```ts
 * import { maglev } from '@quorate/consistent-hashing';
 *
 * const placement = maglev({ nodes: ['a', { id: 'b', weight: 2 }], tableSize: 1_009 });
 * placement.layout().kind; // => 'slots'
 * ```
 */
export function maglev<Meta = unknown>(options: MaglevOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, tableSize = TABLE_SIZE, hash, seed } = options;
  return new Maglev({ nodes: nodeSet(nodes), epoch, hasher: keyHasher(hash, seed) }, tableSize);
}

/** The maglev placement of a snapshot. */
export function restoreMaglev(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  const [tableSize = 0] = numbers;
  if (numbers.length !== 1 || words.length > 0) {
    throw new RangeError(`numbers: expected 1 and no words, got ${numbers.length}`);
  }
  return new Maglev({ nodes, epoch, hasher: hasherOf(fields) }, tableSize);
}

class Maglev<Meta> extends HashedPlacement<Meta> {
  readonly kind = 'maglev';
  readonly traits = traits;
  readonly #table: Int32Array;
  /** Its length, known to fit 32 bits: the remainder of a `length` is one of doubles, and slow. */
  readonly #size: number;

  constructor(parts: HashedParts<Meta>, tableSize: number) {
    super(parts);
    const owners = ownersAmong(parts.nodes);
    checkTable(tableSize, parts.nodes, owners.length);
    this.#size = tableSize;
    const turns = Array.from(owners, (index) => turnsOf(parts, index, tableSize));
    this.#table = maglevTable(tableSize, turns).map((turn) => owners[turn] ?? -1);
  }

  override locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  override tryLocate(key: Key): PlacementNode<Meta> | undefined {
    const { bits } = this;
    bits.hash(key);
    return this.nodes[this.locateIndex(bits.high, bits.low)];
  }

  locateIndex(_high: number, low: number): number {
    return this.#table[(low >>> 0) % (this.#size >>> 0)] ?? -1;
  }

  override layout(): PlacementLayout {
    const space = `${this.space}/low mod ${this.#table.length}`;
    return { kind: 'slots', space, owners: this.#table.slice() };
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    const parts = { nodes, epoch: this.epoch + 1, hasher: this.bits };
    return new Maglev(parts, this.#table.length);
  }

  protected override numbers(): readonly number[] {
    return [this.#table.length];
  }
}

function checkTable(size: number, nodes: readonly PlacementNode[], ownerCount: number): void {
  if (!Number.isInteger(size) || size < 2 || size > TABLE_SIZE_MAX || !isPrime(size)) {
    throw new RangeError(`tableSize: expected a prime in 2..${TABLE_SIZE_MAX}, got ${size}`);
  }
  if (ownerCount > size) {
    throw new RangeError(`tableSize: expected at least ${ownerCount}, one a node, got ${size}`);
  }
  const weights = nodes.flatMap(({ weight }) => (weight > 0 ? [weight] : []));
  const lightest = weights.reduce((least, weight) => Math.min(least, weight), Infinity);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  if (heaviest > lightest * WEIGHT_RATIO_MAX) {
    throw new RangeError(
      `weights: expected at most ${WEIGHT_RATIO_MAX} times the lightest, ${lightest}, ` +
        `got ${heaviest}`,
    );
  }
}

/** Start and stride come from two halves of a hash that know nothing of each other. */
function turnsOf(
  { nodes, hasher }: { readonly nodes: readonly PlacementNode[]; readonly hasher: KeyHasher },
  index: number,
  size: number,
) {
  const { id = '', weight = 0 } = nodes[index] ?? {};
  hasher.hashString(id);
  const offset = (hasher.high >>> 0) % size;
  return { offset, skip: ((hasher.low >>> 0) % (size - 1)) + 1, weight };
}
