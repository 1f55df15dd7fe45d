import { DecodeError } from '@quorate/transport/codec';

import { restoreAnchor } from '../history/anchor.ts';
import { restoreMemento } from '../history/memento.ts';
import { restoreJump } from '../jump/jump.ts';
import { restoreKetama } from '../ketama/ketama.ts';
import { restoreMaglev } from '../maglev/maglev.ts';
import { restoreMultiProbe } from '../multi-probe/multi-probe.ts';
import { nodeSet } from '../node-set.ts';
import { checkedEpoch, type Placement } from '../placement.ts';
import { restoreRendezvous, restoreWeightedRendezvous } from '../rendezvous/rendezvous.ts';
import { restoreSkeletonRendezvous } from '../rendezvous/skeleton.ts';
import { restoreRing } from '../ring/ring.ts';
import { restoreRedisSlots, restoreSlots } from '../slots/slots.ts';
import { type CheckedFields, decodeSnapshot, type PlacementKind } from './snapshot-format.ts';

/** How each kind comes back from what stands in its snapshot; a RangeError is a refusal. */
const restorers: ReadonlyMap<PlacementKind, (fields: CheckedFields) => Placement> = new Map<
  PlacementKind,
  (fields: CheckedFields) => Placement
>([
  ['ring', restoreRing],
  ['ketama', restoreKetama],
  ['multi-probe', restoreMultiProbe],
  ['slots', restoreSlots],
  ['redis-slots', restoreRedisSlots],
  ['rendezvous', restoreRendezvous],
  ['weighted-rendezvous', restoreWeightedRendezvous],
  ['skeleton-rendezvous', restoreSkeletonRendezvous],
  ['jump', restoreJump],
  ['maglev', restoreMaglev],
  ['anchor', restoreAnchor],
  ['memento', restoreMemento],
]);

/**
 * The placement that `snapshot` made these bytes of: the same owner for every key, the same epoch,
 * and the same answers after the same changes.
 *
 * @throws DecodeError if they are not exactly that, whatever they are.
 *
 * @remarks
 * The nodes come back without `meta`. Time and memory are what the placement itself would take,
 * bounded by the limits of its kind.
 *
 * @example
 * ```ts
 * import { restorePlacement, ring } from '@quorate/consistent-hashing';
 *
 * const before = ring({ nodes: ['a', 'b', 'c'] });
 * const after = restorePlacement(before.snapshot());
 * after.locate('key').id === before.locate('key').id; // => true
 * ```
 */
export function restorePlacement(bytes: Uint8Array): Placement {
  const fields = decodeSnapshot(bytes);
  const restore = restorers.get(fields.kind);
  if (restore === undefined) {
    throw new DecodeError(`kind: expected one that can be restored, got ${fields.kind}`);
  }
  try {
    return restore({ ...fields, nodes: nodeSet(fields.nodes), epoch: checkedEpoch(fields.epoch) });
  } catch (error) {
    if (error instanceof RangeError) throw new DecodeError(error.message);
    throw error;
  }
}
