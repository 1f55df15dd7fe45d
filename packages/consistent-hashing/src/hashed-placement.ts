import type { Key, KeyHasher } from '@quorate/hash';

import { spaceOf } from './codec/hash-fields.ts';
import { type CheckedFields, encodeSnapshot, type PlacementKind } from './codec/snapshot-format.ts';
import type { PlacementChange, PlacementNode } from './node-set.ts';
import {
  checkedEpoch,
  ownerOf,
  type Placement,
  type PlacementLayout,
  type PlacementTraits,
  type ReplicaOptions,
} from './placement.ts';
import { pickReplicas, rankedByRehash } from './replicas.ts';

/** What a placement has before it knows how it finds an owner. */
export interface HashedParts<Meta> {
  /** In the order of their ids. */
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly epoch: number;
  readonly hasher: KeyHasher;
}

/**
 * The part of a placement that does not depend on how an owner is found.
 *
 * @remarks
 * The call of `locateIndex` in `tryLocate` has as many targets as a program has kinds, and costs as
 * much as a short lookup. So kinds whose lookup is short repeat `locate` and `tryLocate`.
 */
export abstract class HashedPlacement<Meta> implements Placement<Meta> {
  abstract readonly kind: PlacementKind;
  abstract readonly traits: PlacementTraits;
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly epoch: number;
  readonly bits: KeyHasher;

  /** @throws RangeError if the epoch is none. */
  constructor({ nodes, epoch, hasher }: HashedParts<Meta>) {
    this.nodes = nodes;
    this.epoch = checkedEpoch(epoch);
    this.bits = hasher;
  }

  abstract locateIndex(high: number, low: number): number;
  abstract with(change: PlacementChange<Meta>): Placement<Meta>;

  locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  tryLocate(key: Key): PlacementNode<Meta> | undefined {
    const { bits } = this;
    bits.hash(key);
    return this.nodes[this.locateIndex(bits.high, bits.low)];
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

  snapshot(): Uint8Array {
    const { kind, epoch, nodes, bits } = this;
    const fields: CheckedFields = {
      kind,
      epoch,
      nodes,
      hashCode: bits.code,
      seed: bits.seed,
      numbers: this.numbers(),
      words: this.words(),
    };
    return encodeSnapshot(fields);
  }

  /** Which function takes a key to its bits, as a layout names it. */
  protected get space(): string {
    return spaceOf(this.bits);
  }

  /** Parameters that a snapshot carries; none without an override. */
  protected numbers(): readonly number[] {
    return [];
  }

  /** History that a snapshot carries; none without an override. */
  protected words(): Uint32Array {
    return new Uint32Array();
  }
}

/** Indices of the nodes that own something. */
export function ownersAmong(nodes: readonly PlacementNode[]): Int32Array {
  return Int32Array.from(nodes.flatMap(({ weight }, index) => (weight > 0 ? [index] : [])));
}
