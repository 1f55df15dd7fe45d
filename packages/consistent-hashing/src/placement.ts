/*
 * Where does a key live? A placement answers from the set of nodes alone, so that everybody who
 * knows the nodes knows the answer, and nobody has to be asked.
 *
 * The obvious way, `hash(key) % nodes.length`, answers too; but with one node more, nearly every
 * key has another answer, and all of these keys have to be moved. The algorithms of this package
 * move about one key in n when one of n nodes comes or goes: those that have to move, since they
 * now live on the new node, or lived on the old one. What they pay for it differs: memory, time,
 * evenness, which node may go, how exactly a weight is met. So there are many of them, and each
 * tells in its `traits` what it gives.
 *
 *     key ── hash ──> 64 bits ── locateIndex ──> index ── nodes ──> node
 *
 * All of them obey the same laws, which tests hold every one of them to:
 *
 * - The order in which nodes were named plays no part: nodes are sorted by id, ties go to the id.
 *   (Where history plays a part, `traits.orderDependent` says so, and a snapshot carries it.)
 * - `locate(key)` is `locateN(key, 1)[0]`, and `locateN(key, n)` begins `locateN(key, n + 1)`.
 * - A node of weight 0 owns nothing and stays known.
 * - A placement never changes. `with` makes another one, of the next epoch.
 *
 * Source: Karger, Lehman, Leighton, Panigrahy, Levine, Lewin, "Consistent hashing and random
 * trees", STOC 1997, where the laws are called monotonicity, balance and spread.
 */
import type { HashId, HashSeed, Key, KeyHasher } from '@quorate/hash';

import type { PlacementKind } from './codec/snapshot-format.ts';
import { NoNodesError } from './errors.ts';
import type { NodeSpec, PlacementChange, PlacementNode } from './node-set.ts';

/** What turns a key into the two halves that a placement looks up, and holds the last result. */
export type KeyBits = Pick<KeyHasher, 'hash' | 'high' | 'low'>;

/** What an algorithm gives, and what it does not. */
export interface PlacementTraits {
  /** Whether shares follow weights: to the last bit of a hash, in steps, or not at all. */
  readonly weights: 'exact' | 'quantised' | 'none';
  /** Which node may go without moving keys of others: any of them, or only the last one added. */
  readonly removal: 'any' | 'last';
  /** Whether keys move between two nodes that stay: never, or a bounded share of them. */
  readonly excess: 'none' | 'bounded';
  /** How exactly two placements can be compared: what `layout` returns. */
  readonly diff: PlacementLayout['kind'];
  /** Whether placements of the same nodes differ if their histories do. */
  readonly orderDependent: boolean;
}

/**
 * Which node owns which hashes, where that can be said.
 *
 * @remarks
 * Two layouts can be compared exactly if kind and `space` are equal: then the same key is at the
 * same place in both.
 */
export type PlacementLayout =
  | {
      /** Arcs of the circle of 32 bits. */
      readonly kind: 'ranges';
      /** Which function takes a key to its place on the circle. */
      readonly space: string;
      /** Where each arc ends, included: ascending, distinct. The first begins behind the last. */
      readonly ends: Uint32Array;
      /** Who owns the arc that ends there: an index into `nodes`. */
      readonly owners: Int32Array;
    }
  | {
      /** Slots, of which each has an owner. */
      readonly kind: 'slots';
      /** Which function takes a key to its slot, and how many slots there are. */
      readonly space: string;
      /** The owner of each slot: an index into `nodes`; -1 without one. */
      readonly owners: Int32Array;
    }
  | {
      /** No structure but the function itself: ask for keys. */
      readonly kind: 'sampled';
    };

/** How replicas of a key are chosen. */
export interface ReplicaOptions {
  /**
   * What zones mean.
   *
   * @remarks
   * `'spread'`: no zone has two replicas more than another that could have one more. `'require'`:
   * every replica has a zone of its own, or `TooFewZonesError` is thrown. Without it zones play no
   * part.
   */
  readonly zones?: 'spread' | 'require';
  /** Whether to pass over a node, as one that is down. It must give one answer within one call. */
  readonly exclude?: (id: string) => boolean;
}

/** What every placement is made of. */
export interface PlacementOptions<Meta = unknown> {
  /** Nodes, or their ids, in any order. */
  readonly nodes: readonly (string | NodeSpec<Meta>)[];
  /** Number of the first placement; 0 without it. A safe integer of at least 0. */
  readonly epoch?: number;
}

/** What placements take besides that hash keys by a function of your choice. */
export interface HashedOptions<Meta = unknown> extends PlacementOptions<Meta> {
  /** What hashes keys; `murmur3-x86-128`, the fastest, without it. */
  readonly hash?: HashId;
  /**
   * Its seed; 0 without it.
   *
   * @remarks
   * Everybody who asks must have the same. A secret one of `siphash-1-3` keeps strangers from
   * choosing keys that all have one owner.
   */
  readonly seed?: HashSeed;
}

/** Which node owns a key. A value: it never changes. */
export interface Placement<Meta = unknown> {
  /** Which algorithm this is. */
  readonly kind: PlacementKind;
  /** How many changes made it. Two placements of one history are equal if their epochs are. */
  readonly epoch: number;
  /** All nodes, those of weight 0 too, in the order of their ids. */
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly traits: PlacementTraits;
  /** What takes a key to the halves of `locateIndex`. Shared: read them before the next call. */
  readonly bits: KeyBits;
  /**
   * The owner of `key`.
   *
   * @throws NoNodesError if no node has a positive weight; RangeError if `key` is no key.
   */
  locate(key: Key): PlacementNode<Meta>;
  /** The owner of `key`, or `undefined` if no node has a positive weight. */
  tryLocate(key: Key): PlacementNode<Meta> | undefined;
  /**
   * The owner of a hash: an index into `nodes`, or -1 if no node has a positive weight.
   *
   * @param high - Bits 32..63 as `bits.high` has them, an int32.
   * @param low - Bits 0..31, an int32.
   *
   * @remarks
   * Allocates nothing.
   */
  locateIndex(high: number, low: number): number;
  /**
   * The owner of `key` and those who follow it, each once; the fallbacks or replicas of `key`.
   *
   * @param count - How many: an integer of at least 0. Fewer come if there are no more.
   * @throws RangeError if `count` is anything else; TooFewZonesError if zones are required.
   */
  locateN(key: Key, count: number, options?: ReplicaOptions): PlacementNode<Meta>[];
  /**
   * All nodes of positive weight, as indices, in the order in which a hash prefers them: the owner
   * first. Lazy, so that the first few cost little.
   */
  ranked(high: number, low: number): Iterable<number>;
  /** Who owns which hashes, for `diff`. Freshly allocated. */
  layout(): PlacementLayout;
  /**
   * The placement after `change`, of the next epoch. This one stays as it is.
   *
   * @throws RangeError if the change does not fit the nodes, or the algorithm cannot make it.
   */
  with(change: PlacementChange<Meta>): Placement<Meta>;
  /** Everything but `meta`, as bytes that `restorePlacement` takes. */
  snapshot(): Uint8Array;
}

/** `node`, or the error that there is none. */
export function ownerOf<Meta>(node: PlacementNode<Meta> | undefined): PlacementNode<Meta> {
  if (node === undefined) throw new NoNodesError();
  return node;
}

/**
 * `epoch`, if it is one.
 *
 * @throws RangeError if it is no safe integer of at least 0.
 */
export function checkedEpoch(epoch: number): number {
  if (Number.isSafeInteger(epoch) && epoch >= 0) return epoch;
  throw new RangeError(`epoch: expected an integer in 0..2^53-1, got ${epoch}`);
}
