import type { Key } from '@quorate/hash';

import { type CheckedFields, encodeSnapshot } from '../codec/snapshot-format.ts';
import { changedNodes, type PlacementChange, type PlacementNode } from '../node-set.ts';
import {
  checkedEpoch,
  type KeyBits,
  ownerOf,
  type Placement,
  type PlacementLayout,
  type PlacementTraits,
  type ReplicaOptions,
} from '../placement.ts';
import { pickReplicas } from '../replicas.ts';
import { Circle, type Points } from './circle.ts';
import { eachOnce } from './each-once.ts';

/** More points take seconds to sort. */
const POINTS_MAX = 4_194_304;

/** What makes one kind of ring differ from another: where points are, and where keys are. */
export interface CircleRules {
  readonly kind: 'ring' | 'ketama';
  readonly traits: PlacementTraits;
  /** Which function takes a key to its place, as a layout names it. */
  readonly space: string;
  /** Leaves the place of a key in `high`. */
  readonly bits: KeyBits;
  /** How many points each node has. */
  pointCounts(nodes: readonly PlacementNode[]): readonly number[];
  /** Fills `places` with those of the points of one node. */
  fillPlaces(places: Uint32Array, id: string): void;
  /** What brings the rules back from a snapshot. */
  readonly fields: Pick<CheckedFields, 'hashCode' | 'seed' | 'numbers'>;
}

/** A placement whose nodes have points on a circle. */
export class CirclePlacement<Meta> implements Placement<Meta> {
  readonly kind: CircleRules['kind'];
  readonly traits: PlacementTraits;
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly epoch: number;
  readonly bits: KeyBits;
  readonly #rules: CircleRules;
  readonly #circle: Circle;

  /** @throws RangeError if the nodes have too many points. */
  constructor(nodes: readonly PlacementNode<Meta>[], epoch: number, rules: CircleRules) {
    this.kind = rules.kind;
    this.traits = rules.traits;
    this.nodes = nodes;
    this.epoch = checkedEpoch(epoch);
    this.bits = rules.bits;
    this.#rules = rules;
    this.#circle = new Circle(pointsOf(nodes, rules));
  }

  locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  tryLocate(key: Key): PlacementNode<Meta> | undefined {
    this.bits.hash(key);
    return this.nodes[this.#circle.locate(this.bits.high)];
  }

  locateIndex(high: number, _low: number): number {
    return this.#circle.locate(high);
  }

  locateN(key: Key, count: number, options?: ReplicaOptions): PlacementNode<Meta>[] {
    this.bits.hash(key);
    return pickReplicas(this.nodes, this.ranked(this.bits.high), count, options);
  }

  ranked(high: number, _low?: number): Iterable<number> {
    return eachOnce(this.nodes, this.#circle.walk(high));
  }

  layout(): PlacementLayout {
    return { kind: 'ranges', space: this.#rules.space, ...this.#circle.arcs() };
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    return new CirclePlacement(nodes, this.epoch + 1, this.#rules);
  }

  snapshot(): Uint8Array {
    const { kind, epoch, nodes } = this;
    return encodeSnapshot({ kind, epoch, nodes, ...this.#rules.fields, words: new Uint32Array() });
  }
}

function pointsOf(nodes: readonly PlacementNode[], rules: CircleRules): Points {
  const counts = rules.pointCounts(nodes);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > POINTS_MAX) {
    throw new RangeError(
      `points: expected at most ${POINTS_MAX} in all, got ${total}: ` +
        'lower weights or pointsPerWeight',
    );
  }
  const places = new Uint32Array(total);
  const owners = new Int32Array(total);
  let filled = 0;
  nodes.forEach(({ id }, owner) => {
    const end = filled + (counts[owner] ?? 0);
    rules.fillPlaces(places.subarray(filled, end), id);
    owners.fill(owner, filled, end);
    filled = end;
  });
  return { places, owners };
}
