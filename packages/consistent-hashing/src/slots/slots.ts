/*
 * Slots: the keys are cut into Q parts once and for all, and a table says who has which. A key
 * never changes its slot, so a slot is what is moved, backed up, counted and locked; a plan is a
 * list of slots, and two views of the cluster differ in so many entries of a table.
 *
 *     key ── hash ──> slot = low · Q / 2^32 ── table ──> node
 *
 * Shares follow weights to within one slot, whatever the weights. A change moves no slot that need
 * not move (`assign.ts`). What is paid is that the table is a state: it comes from its history, and
 * two processes that saw changes in another order have other tables. So one of them decides, and
 * the others get its snapshot, or its layout; `epoch` tells which is newer.
 *
 * The replicas of a slot belong to the slot, not to the key: all keys of a slot have the same.
 *
 * Source: DeCandia et al., "Dynamo", SOSP 2007, §6.2, strategy 3: "Q/S tokens per node, equal-sized
 * partitions".
 */
import { type Key, keyHasher, type KeyHasher } from '@quorate/hash';

import { hasherOf, spaceOf } from '../codec/hash-fields.ts';
import { type CheckedFields, encodeSnapshot } from '../codec/snapshot-format.ts';
import { changedNodes, nodeSet, type PlacementChange, type PlacementNode } from '../node-set.ts';
import {
  checkedEpoch,
  type HashedOptions,
  type KeyBits,
  ownerOf,
  type Placement,
  type PlacementLayout,
  type PlacementOptions,
  type PlacementTraits,
  type ReplicaOptions,
} from '../placement.ts';
import { pickReplicas, rankedByRehash } from '../replicas.ts';
import { assignSlots, UNOWNED } from './assign.ts';
import { REDIS_SLOT_COUNT, RedisBits } from './redis-slot.ts';

/** What tables of slots are made of. */
export interface SlotTableOptions<Meta = unknown> extends PlacementOptions<Meta> {
  /** The id of the owner of each slot, as a table that exists has it; dealt out anew without it. */
  readonly owners?: readonly string[];
}

/** What slots are made of. */
export interface SlotsOptions<Meta = unknown>
  extends SlotTableOptions<Meta>, Pick<HashedOptions<Meta>, 'hash' | 'seed'> {
  /**
   * How many slots there are, for ever; 4,096 without it. An integer in 1..1,048,576.
   *
   * @remarks
   * A share is off by at most one slot: with ten slots for each node, a tenth; with a hundred, a
   * hundredth. More slots are a larger table, 4 bytes each, and smaller things to move.
   */
  readonly slotCount?: number;
}

/** A placement by a table of slots. */
export interface Slots<Meta = unknown> extends Placement<Meta> {
  /** How many slots there are. */
  readonly slotCount: number;
  /** The slot of `key`, in 0..slotCount-1: the same for ever. */
  slotOf(key: Key): number;
  /** Who has `slot`; `undefined` if nobody has it, or there is no such slot. */
  nodeOf(slot: number): PlacementNode<Meta> | undefined;
  with(change: PlacementChange<Meta>): Slots<Meta>;
}

const SLOT_COUNT = 4_096;
const SLOT_COUNT_MAX = 1_048_576;
const HASHES = 2 ** 32;
/** Stands for a slot without an owner in snapshots. */
const UNOWNED_WORD = HASHES - 1;

const traits: PlacementTraits = {
  weights: 'exact',
  removal: 'any',
  excess: 'bounded',
  diff: 'slots',
  orderDependent: true,
};

/**
 * A table of slots, dealt out by weight: the base of migrations that can be planned.
 *
 * @throws RangeError for nodes or an option out of range, or owners that are no nodes.
 *
 * @example
 * ```ts
 * import { slots } from '@quorate/consistent-hashing';
 *
 * const before = slots({ nodes: ['a', 'b'], slotCount: 8 });
 * const after = before.with({ add: ['c'] });
 * const owners = [0, 1, 2, 3, 4, 5, 6, 7].map((slot) => after.nodeOf(slot)?.id);
 * owners.join(''); // => 'aaacbbbc'
 * ```
 */
export function slots<Meta = unknown>(options: SlotsOptions<Meta>): Slots<Meta> {
  const { slotCount = SLOT_COUNT, hash, seed } = options;
  if (!Number.isInteger(slotCount) || slotCount < 1 || slotCount > SLOT_COUNT_MAX) {
    throw new RangeError(
      `slotCount: expected an integer in 1..${SLOT_COUNT_MAX}, got ${slotCount}`,
    );
  }
  return firstTable(options, slotCount, hashedRules(keyHasher(hash, seed)));
}

/**
 * The 16,384 slots of a Redis cluster: CRC-16 of a key, or of what stands in its first braces.
 *
 * @throws RangeError for nodes out of range, or owners that are no nodes.
 *
 * @example
 * ```ts
 * import { redisSlots } from '@quorate/consistent-hashing';
 *
 * const cluster = redisSlots({ nodes: ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:6379'] });
 * cluster.slotOf('user:{7}:name') === cluster.slotOf('user:{7}:cart'); // => true
 * cluster.slotOf('foobar'); // => 12325
 * ```
 */
export function redisSlots<Meta = unknown>(options: SlotTableOptions<Meta>): Slots<Meta> {
  return firstTable(options, REDIS_SLOT_COUNT, redisRules());
}

/** The slots of a snapshot. */
export function restoreSlots(fields: CheckedFields): Slots {
  const { nodes, epoch, words } = fields;
  if (fields.numbers.length > 0 || words.length < 1 || words.length > SLOT_COUNT_MAX) {
    throw new RangeError(`slots: expected 1..${SLOT_COUNT_MAX}, got ${words.length}`);
  }
  const owners = Int32Array.from(words, (word) => (word === UNOWNED_WORD ? UNOWNED : word));
  checkOwners(nodes, owners);
  return new SlotTable(nodes, epoch, owners, hashedRules(hasherOf(fields)));
}

/** The slots of a snapshot of a Redis cluster. */
export function restoreRedisSlots(fields: CheckedFields): Slots {
  const { nodes, epoch, words } = fields;
  const extra = fields.numbers.length + fields.hashCode + fields.seed.length;
  if (extra > 0 || words.length !== REDIS_SLOT_COUNT) {
    throw new RangeError(`slots: expected ${REDIS_SLOT_COUNT}, got ${words.length}`);
  }
  const owners = Int32Array.from(words, (word) => (word === UNOWNED_WORD ? UNOWNED : word));
  checkOwners(nodes, owners);
  return new SlotTable(nodes, epoch, owners, redisRules());
}

interface SlotRules {
  readonly kind: 'slots' | 'redis-slots';
  readonly space: string;
  readonly bits: KeyBits;
  readonly fields: Pick<CheckedFields, 'hashCode' | 'seed'>;
}

function hashedRules(hasher: KeyHasher): SlotRules {
  return {
    kind: 'slots',
    space: `${spaceOf(hasher)}/low`,
    bits: hasher,
    fields: { hashCode: hasher.code, seed: hasher.seed },
  };
}

function redisRules(): SlotRules {
  return {
    kind: 'redis-slots',
    space: 'crc16',
    bits: new RedisBits(),
    fields: { hashCode: 0, seed: new Uint8Array() },
  };
}

function firstTable<Meta>(
  options: SlotTableOptions<Meta>,
  slotCount: number,
  rules: SlotRules,
): Slots<Meta> {
  const { epoch = 0, owners } = options;
  const nodes = nodeSet(options.nodes);
  const table =
    owners === undefined
      ? assignSlots(nodes, new Int32Array(slotCount).fill(UNOWNED))
      : tableOf(nodes, owners, slotCount);
  return new SlotTable(nodes, epoch, table, rules);
}

function tableOf(
  nodes: readonly PlacementNode[],
  owners: readonly string[],
  slotCount: number,
): Int32Array {
  if (owners.length !== slotCount) {
    throw new RangeError(
      `owners: expected one for each of ${slotCount} slots, got ${owners.length}`,
    );
  }
  const indices = new Map(nodes.map(({ id }, index) => [id, index]));
  const table = Int32Array.from(owners, (id) => indices.get(id) ?? UNOWNED);
  const stranger = table.indexOf(UNOWNED);
  if (stranger >= 0) {
    const shown = JSON.stringify(owners[stranger]?.slice(0, 80));
    throw new RangeError(`owners: expected ids of nodes, got ${shown}`);
  }
  return table;
}

function checkOwners(nodes: readonly PlacementNode[], owners: Int32Array): void {
  const stranger = owners.find((owner) => owner < UNOWNED || owner >= nodes.length);
  if (stranger === undefined) return;
  throw new RangeError(`owners: expected indices of ${nodes.length} nodes, got ${stranger}`);
}

class SlotTable<Meta> implements Slots<Meta> {
  readonly traits = traits;
  readonly kind: SlotRules['kind'];
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly epoch: number;
  readonly bits: KeyBits;
  readonly slotCount: number;
  readonly #rules: SlotRules;
  readonly #owners: Int32Array;

  constructor(
    nodes: readonly PlacementNode<Meta>[],
    epoch: number,
    owners: Int32Array,
    rules: SlotRules,
  ) {
    this.kind = rules.kind;
    this.nodes = nodes;
    this.epoch = checkedEpoch(epoch);
    this.bits = rules.bits;
    this.slotCount = owners.length;
    this.#rules = rules;
    this.#owners = owners;
  }

  slotOf(key: Key): number {
    this.bits.hash(key);
    return slotAt(this.bits.low, this.slotCount);
  }

  nodeOf(slot: number): PlacementNode<Meta> | undefined {
    return this.nodes[this.#owners[slot] ?? UNOWNED];
  }

  locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  tryLocate(key: Key): PlacementNode<Meta> | undefined {
    return this.nodeOf(this.slotOf(key));
  }

  locateIndex(_high: number, low: number): number {
    return this.#owners[slotAt(low, this.slotCount)] ?? UNOWNED;
  }

  locateN(key: Key, count: number, options?: ReplicaOptions): PlacementNode<Meta>[] {
    this.bits.hash(key);
    return pickReplicas(this.nodes, this.ranked(0, this.bits.low), count, options);
  }

  ranked(_high: number, low: number): Iterable<number> {
    const locateIndex = (high: number, tryLow: number) => this.locateIndex(high, tryLow);
    // The smallest hash of the slot stands for all of them.
    const first = Math.ceil((slotAt(low, this.slotCount) * HASHES) / this.slotCount);
    return rankedByRehash(this.nodes, locateIndex, 0, first | 0);
  }

  layout(): PlacementLayout {
    const { space } = this.#rules;
    return { kind: 'slots', space: `${space}/${this.slotCount}`, owners: this.#owners.slice() };
  }

  with(change: PlacementChange<Meta>): Slots<Meta> {
    const nodes = changedNodes(this.nodes, change);
    const indices = new Map(nodes.map(({ id }, index) => [id, index]));
    const moved = this.nodes.map(({ id }) => indices.get(id) ?? UNOWNED);
    const kept = this.#owners.map((owner) => moved[owner] ?? UNOWNED);
    return new SlotTable(nodes, this.epoch + 1, assignSlots(nodes, kept), this.#rules);
  }

  snapshot(): Uint8Array {
    const { kind, epoch, nodes } = this;
    const words = Uint32Array.from(this.#owners, (owner) => owner >>> 0);
    return encodeSnapshot({ kind, epoch, nodes, ...this.#rules.fields, numbers: [], words });
  }
}

/** The slot of a hash: its part of 2^32, which has no bias worth the name, unlike a remainder. */
function slotAt(low: number, slotCount: number): number {
  return Math.floor(((low >>> 0) * slotCount) / HASHES);
}
