import { HashedPlacement, type HashedParts } from '../hashed-placement.ts';
import type { PlacementTraits } from '../placement.ts';
import { checkUnweighted } from '../unweighted.ts';
import type { BucketHistory } from './bucket-history.ts';
import { indicesOf, type Seats, wordsOf } from './seats.ts';

const traits: PlacementTraits = {
  weights: 'none',
  removal: 'any',
  excess: 'none',
  diff: 'sampled',
  orderDependent: true,
};

/** What anchor and memento share: nodes that sit in buckets, and a history of who went. */
export abstract class SeatedPlacement<Meta> extends HashedPlacement<Meta> {
  readonly traits: PlacementTraits = traits;
  protected readonly seats: Seats;
  protected readonly history: BucketHistory;
  protected readonly owners: Int32Array;

  constructor(parts: HashedParts<Meta>, seats: Seats) {
    checkUnweighted(parts.nodes);
    super(parts);
    this.seats = seats;
    this.history = seats.history;
    this.owners = indicesOf(seats, parts.nodes);
  }

  protected override words(): Uint32Array {
    return wordsOf(this.seats, this.nodes);
  }
}
