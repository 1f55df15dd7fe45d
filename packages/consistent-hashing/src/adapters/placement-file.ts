import { readFileSync } from 'node:fs';

import { restorePlacement } from '../codec/restore.ts';
import { anchor } from '../history/anchor.ts';
import { memento } from '../history/memento.ts';
import { jump } from '../jump/jump.ts';
import { ketama } from '../ketama/ketama.ts';
import { maglev } from '../maglev/maglev.ts';
import { multiProbe } from '../multi-probe/multi-probe.ts';
import type { Placement } from '../placement.ts';
import { rendezvous, weightedRendezvous } from '../rendezvous/rendezvous.ts';
import { skeletonRendezvous } from '../rendezvous/skeleton.ts';
import { ring } from '../ring/ring.ts';
import { redisSlots, slots } from '../slots/slots.ts';

/** A file that is no placement; the message says where and why. */
export class PlacementFileError extends Error {
  override readonly name = 'PlacementFileError';
}

/** Kinds that a file of JSON can describe; of every kind there are snapshots. */
const makers = new Map<string, (description: never) => Placement>([
  ['ring', ring],
  ['ketama', ketama],
  ['multi-probe', multiProbe],
  ['slots', slots],
  ['redis-slots', redisSlots],
  ['rendezvous', rendezvous],
  ['weighted-rendezvous', weightedRendezvous],
  ['skeleton-rendezvous', skeletonRendezvous],
  ['jump', jump],
  ['maglev', maglev],
  ['anchor', anchor],
  ['memento', memento],
]);

/**
 * The placement in the file at `path`: a snapshot as it is, or JSON with a `kind`, `nodes` and the
 * options of that kind.
 *
 * @throws PlacementFileError if it is neither.
 */
export function readPlacement(path: string): Placement {
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8').trimStart();
  try {
    return text.startsWith('{') ? fromJson(text) : restorePlacement(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlacementFileError(`${path}: ${reason}`, { cause: error });
  }
}

function fromJson(text: string): Placement {
  const description: unknown = JSON.parse(text);
  if (typeof description !== 'object' || description === null) {
    throw new TypeError('expected an object');
  }
  const { kind, ...options } = { kind: undefined, nodes: undefined, ...description };
  const make = makers.get(String(kind));
  if (make === undefined) {
    const known = [...makers.keys()].join(', ');
    throw new RangeError(`kind: expected one of ${known}, got ${String(kind)}`);
  }
  if (!Array.isArray(options.nodes)) {
    throw new TypeError(`nodes: expected an array, got ${typeof options.nodes}`);
  }
  // What JSON holds is checked by the maker, field by field.
  return make(options as never);
}
