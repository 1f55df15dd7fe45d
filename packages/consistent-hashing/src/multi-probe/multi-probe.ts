/*
 * Multi-probe: the ring turned round. Instead of many points for each node, one point for each node
 * and many for each key: of 21 places of a key, the one that is nearest to a node ahead decides. A
 * node behind a long arc is no longer as popular as its arc is long, since it is near only to what
 * is near: with 21 probes the fullest node has about 1.05 times the mean, for which a ring needs
 * hundreds of points for each node. Nothing lifts the emptiest: a node close behind another has
 * little.
 *
 *     key ── h1, h1 + h2, h1 + 2·h2, … ──> 21 distances ── smallest ──> node
 *
 * Memory is one point for each node, making it is sorting n numbers, and a lookup pays for it with
 * 21 searches. Keys move to or from a node that comes or goes, and to no other. There are no
 * weights.
 *
 * Source: Appleton and O'Reilly, "Multi-probe consistent hashing", arXiv:1505.00062, 2015.
 */
import { type Key, keyHasher, type KeyHasher } from '@quorate/hash';

import { hasherOf } from '../codec/hash-fields.ts';
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
import { avalanche, pickReplicas, rankedByRehash } from '../replicas.ts';
import { checkUnweighted } from '../unweighted.ts';
import { NodeCircle, siphashOf } from './node-circle.ts';
import { ProbingBits } from './probing-bits.ts';

/** What a multi-probe placement is made of. Weights are 0 or 1. */
export interface MultiProbeOptions<Meta = unknown> extends HashedOptions<Meta> {
  /**
   * Places of a key; 21 without it. An integer in 1..1,000.
   *
   * @remarks
   * With p probes the fullest node has about 1 + 1/(p - 1) of the mean; a lookup takes p searches.
   */
  readonly probes?: number;
}

const PROBES = 21;
const PROBES_MAX = 1_000;
/** Stands for go-mpchash in snapshots, where `KeyHasher.code` stands otherwise. */
const GO_MPCHASH = 0;

const traits: PlacementTraits = {
  weights: 'none',
  removal: 'any',
  excess: 'none',
  diff: 'sampled',
  orderDependent: false,
};

/**
 * No node much above the mean, from one point for each node: paid for at the lookup.
 *
 * @throws RangeError for nodes or an option out of range, or a weight that is not 0 or 1.
 *
 * @example
 * ```ts
 * import { multiProbe } from '@quorate/consistent-hashing';
 *
 * const placement = multiProbe({ nodes: ['a', 'b', 'c'] });
 * placement.locate('user:7').id; // => 'a'
 * ```
 */
export function multiProbe<Meta = unknown>(options: MultiProbeOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, probes = PROBES, hash, seed } = options;
  return new MultiProbe(nodeSet(nodes), epoch, probes, keyHasher(hash, seed));
}

/**
 * The same with the answers of go-mpchash: SipHash-2-4 with seeds 0 for nodes, 1 and 2 for keys,
 * and 21 probes.
 */
export function goMultiProbe<Meta = unknown>(options: PlacementOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0 } = options;
  return new MultiProbe(nodeSet(nodes), epoch, PROBES, 'go-mpchash');
}

/** The multi-probe placement of a snapshot. */
export function restoreMultiProbe(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words, hashCode, seed } = fields;
  const [probes = 0] = numbers;
  if (numbers.length !== 1 || words.length > 0) {
    throw new RangeError(`numbers: expected 1 and no words, got ${numbers.length}`);
  }
  if (hashCode !== GO_MPCHASH) return new MultiProbe(nodes, epoch, probes, hasherOf(fields));
  if (seed.length > 0) throw new RangeError(`seed: expected none, got ${seed.length} bytes`);
  return new MultiProbe(nodes, epoch, probes, 'go-mpchash');
}

class MultiProbe<Meta> implements Placement<Meta> {
  readonly kind = 'multi-probe';
  readonly traits = traits;
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly epoch: number;
  readonly bits: KeyBits;
  readonly #probes: number;
  readonly #source: KeyHasher | 'go-mpchash';
  readonly #circle: NodeCircle;

  constructor(
    nodes: readonly PlacementNode<Meta>[],
    epoch: number,
    probes: number,
    source: KeyHasher | 'go-mpchash',
  ) {
    checkProbes(probes);
    checkUnweighted(nodes);
    this.nodes = nodes;
    this.epoch = checkedEpoch(epoch);
    this.#probes = probes;
    this.#source = source;
    const isGo = source === 'go-mpchash';
    this.#circle = new NodeCircle(nodes, isGo ? siphashOf(0) : source);
    this.bits = isGo ? new ProbingBits(this.#circle, probes) : source;
  }

  locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  tryLocate(key: Key): PlacementNode<Meta> | undefined {
    this.bits.hash(key);
    return this.nodes[this.locateIndex(this.bits.high, this.bits.low)];
  }

  locateIndex(high: number, low: number): number {
    // There the halves are the probe that decided: it needs no others.
    if (this.#source === 'go-mpchash') return this.#circle.closest(high, low, 0, 0, 1);
    const stepHigh = avalanche(high ^ 0x2545f491);
    const stepLow = avalanche(low ^ 0x4f6cdd1d) | 1;
    return this.#circle.closest(high, low, stepHigh, stepLow, this.#probes);
  }

  locateN(key: Key, count: number, options?: ReplicaOptions): PlacementNode<Meta>[] {
    this.bits.hash(key);
    return pickReplicas(this.nodes, this.ranked(this.bits.high, this.bits.low), count, options);
  }

  ranked(high: number, low: number): Iterable<number> {
    const locateIndex = (tryHigh: number, tryLow: number) => this.locateIndex(tryHigh, tryLow);
    return rankedByRehash(this.nodes, locateIndex, high, low);
  }

  layout(): PlacementLayout {
    return { kind: 'sampled' };
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    return new MultiProbe(nodes, this.epoch + 1, this.#probes, this.#source);
  }

  snapshot(): Uint8Array {
    const source = this.#source;
    const isGo = source === 'go-mpchash';
    return encodeSnapshot({
      kind: this.kind,
      epoch: this.epoch,
      hashCode: isGo ? GO_MPCHASH : source.code,
      seed: isGo ? new Uint8Array() : source.seed,
      nodes: this.nodes,
      numbers: [this.#probes],
      words: new Uint32Array(),
    });
  }
}

function checkProbes(probes: number): void {
  if (Number.isInteger(probes) && probes >= 1 && probes <= PROBES_MAX) return;
  throw new RangeError(`probes: expected an integer in 1..${PROBES_MAX}, got ${probes}`);
}
