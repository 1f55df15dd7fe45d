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
import {
  CILIUM_SEED,
  CILIUM_SIZE,
  CILIUM_SIZE_MAX,
  ciliumTable,
  ciliumTableSeed,
} from './cilium.ts';
import { isPrime, maglevTable } from './maglev-table.ts';

/** Whose way of filling a table is followed; a test holds Cilium's to tables of its own. */
export type MaglevDialect = 'quorate' | 'cilium';

/** What a maglev placement is made of. */
export interface MaglevOptions<Meta = unknown> extends HashedOptions<Meta> {
  /**
   * Whose table it is; `'quorate'` without it.
   *
   * @remarks
   * `'cilium'` has the entries of Cilium's, if ids are what Cilium makes of an address, such as
   * `[10.0.0.1:80/TCP,State:active]`, and `[[fd00::1]:80/TCP,State:active]`. Weights are integers
   * of 0..65,535 then, and those whose mean is below 2 count as equal. Which entry a connection has
   * is for Cilium's kernel to say: keys here are hashed by `hash`, whatever the table is.
   */
  readonly dialect?: MaglevDialect;
  /** Cilium's `maglev.hashSeed`: 12 bytes as base64. Its own default without it. */
  readonly ciliumSeed?: string;
  /**
   * Length of the table; 65,537 without it. A prime in 2..4,194,301, no less than there are nodes.
   * In Cilium's dialect 16,381 without it, and at most 131,071.
   *
   * @remarks
   * Of keys, about nodes / tableSize move needlessly when a node comes or goes: 100 entries for
   * each node make it 1 %. Shares are exact to one entry. Each entry takes 4 bytes.
   */
  readonly tableSize?: number;
}

const TABLE_SIZE = 65_537;
const TABLE_SIZE_MAX = 4_194_301;
const dialects: ReadonlySet<string> = new Set<MaglevDialect>(['quorate', 'cilium']);
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
  const { nodes, epoch = 0, hash, seed } = options;
  const parts = { nodes: nodeSet(nodes), epoch, hasher: keyHasher(hash, seed) };
  return new Maglev(parts, tableRulesOf(options));
}

/** The maglev placement of a snapshot. */
export function restoreMaglev(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  const [size = 0, ciliumSeed] = numbers;
  if (numbers.length < 1 || numbers.length > 2 || words.length > 0) {
    throw new RangeError(`numbers: expected 1 or 2 and no words, got ${numbers.length}`);
  }
  if (ciliumSeed !== undefined && ciliumSeed >>> 0 !== ciliumSeed) {
    throw new RangeError(`ciliumSeed: expected an integer in 0..2^32-1, got ${ciliumSeed}`);
  }
  return new Maglev({ nodes, epoch, hasher: hasherOf(fields) }, { size, ciliumSeed });
}

/** How a table is filled. */
interface TableRules {
  readonly size: number;
  /** 0..2^32-1 in the dialect of Cilium. */
  readonly ciliumSeed: number | undefined;
}

function tableRulesOf({ dialect = 'quorate', ciliumSeed, tableSize }: MaglevOptions): TableRules {
  if (!dialects.has(dialect)) {
    throw new RangeError(`dialect: expected quorate or cilium, got ${dialect}`);
  }
  if (dialect === 'cilium') {
    const seed = ciliumTableSeed(ciliumSeed ?? CILIUM_SEED);
    return { size: tableSize ?? CILIUM_SIZE, ciliumSeed: seed };
  }
  if (ciliumSeed !== undefined) {
    throw new RangeError(`ciliumSeed: expected none, as the dialect is ${dialect}, got one`);
  }
  return { size: tableSize ?? TABLE_SIZE, ciliumSeed: undefined };
}

class Maglev<Meta> extends HashedPlacement<Meta> {
  readonly kind = 'maglev';
  readonly traits = traits;
  readonly #table: Int32Array;
  /** Its length, known to fit 32 bits: the remainder of a `length` is one of doubles, and slow. */
  readonly #size: number;
  readonly #rules: TableRules;

  constructor(parts: HashedParts<Meta>, rules: TableRules) {
    super(parts);
    const owners = ownersAmong(parts.nodes);
    checkTable(rules, parts.nodes, owners.length);
    this.#size = rules.size;
    this.#rules = rules;
    this.#table = filledTable(parts, owners, rules).map((turn) => owners[turn] ?? -1);
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
    return new Maglev(parts, this.#rules);
  }

  protected override numbers(): readonly number[] {
    const { size, ciliumSeed } = this.#rules;
    return ciliumSeed === undefined ? [size] : [size, ciliumSeed];
  }
}

/** For each entry an index into `owners`. */
function filledTable<Meta>(
  parts: HashedParts<Meta>,
  owners: Int32Array,
  { size, ciliumSeed }: TableRules,
): Int32Array {
  if (ciliumSeed !== undefined) {
    const nodes = parts.nodes.filter(({ weight }) => weight > 0);
    return ciliumTable(size, nodes, ciliumSeed);
  }
  return maglevTable(
    size,
    Array.from(owners, (index) => turnsOf(parts, index, size)),
  );
}

function checkTable(
  { size, ciliumSeed }: TableRules,
  nodes: readonly PlacementNode[],
  ownerCount: number,
): void {
  const max = ciliumSeed === undefined ? TABLE_SIZE_MAX : CILIUM_SIZE_MAX;
  if (!Number.isInteger(size) || size < 2 || size > max || !isPrime(size)) {
    throw new RangeError(`tableSize: expected a prime in 2..${max}, got ${size}`);
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
