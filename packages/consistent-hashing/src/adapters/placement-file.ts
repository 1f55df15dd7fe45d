import { readFileSync } from 'node:fs';

import type { HashSeed } from '@quorate/hash';

import { restorePlacement } from '../codec/restore.ts';
import { anchor } from '../history/anchor.ts';
import { memento } from '../history/memento.ts';
import { jump } from '../jump/jump.ts';
import { ketama } from '../ketama/ketama.ts';
import { maglev } from '../maglev/maglev.ts';
import { goMultiProbe, multiProbe, type MultiProbeOptions } from '../multi-probe/multi-probe.ts';
import type { Placement } from '../placement.ts';
import { rendezvous, weightedRendezvous } from '../rendezvous/rendezvous.ts';
import { skeletonRendezvous } from '../rendezvous/skeleton.ts';
import { ring } from '../ring/ring.ts';
import { redisSlots, slots } from '../slots/slots.ts';

/** A file that is no placement; the message says where and why. */
export class PlacementFileError extends Error {
  override readonly name = 'PlacementFileError';
}

/** How JSON describes a kind. */
interface Described {
  readonly make: (description: never) => Placement;
  /** Its options, besides `epoch`. A name that is not among them is a slip, and no default. */
  readonly options: readonly string[];
}

const hashed = ['hash', 'seed'];

/** Kinds that a file of JSON can describe; of every kind there are snapshots. */
const kinds = new Map<string, Described>([
  ['ring', { make: ring, options: [...hashed, 'pointsPerWeight'] }],
  ['ketama', { make: ketama, options: ['dialect'] }],
  ['multi-probe', { make: multiProbeOf, options: [...hashed, 'probes', 'dialect'] }],
  ['slots', { make: slots, options: [...hashed, 'owners', 'slotCount'] }],
  ['redis-slots', { make: redisSlots, options: ['owners'] }],
  ['rendezvous', { make: rendezvous, options: hashed }],
  ['weighted-rendezvous', { make: weightedRendezvous, options: hashed }],
  ['skeleton-rendezvous', { make: skeletonRendezvous, options: hashed }],
  ['jump', { make: jump, options: hashed }],
  ['maglev', { make: maglev, options: [...hashed, 'dialect', 'ciliumSeed', 'tableSize'] }],
  ['anchor', { make: anchor, options: [...hashed, 'capacity'] }],
  ['memento', { make: memento, options: hashed }],
]);

/**
 * The placement in the file at `path`: a snapshot as it is, or JSON with a `kind`, `nodes` and the
 * options of that kind.
 *
 * @remarks
 * JSON has no integers of 64 bits and no bytes, so a `seed` may also be a text of digits or an
 * array of bytes. `multi-probe` has a `dialect` here, which may be `'go-mpchash'`.
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
  const given: Readonly<Record<string, unknown>> = { ...description };
  const { kind, seed, nodes, ...options } = given;
  const described = kinds.get(String(kind));
  if (described === undefined) {
    const known = [...kinds.keys()].join(', ');
    throw new RangeError(`kind: expected one of ${known}, got ${String(kind)}`);
  }
  checkNames(Object.keys(given), ['kind', 'nodes', 'epoch', ...described.options]);
  if (!Array.isArray(nodes)) {
    throw new TypeError(`nodes: expected an array, got ${typeof nodes}`);
  }
  // What JSON holds is checked by the maker, field by field.
  return described.make({
    ...options,
    nodes,
    ...(seed === undefined ? {} : { seed: seedOf(seed) }),
  } as never);
}

function checkNames(names: readonly string[], known: readonly string[]): void {
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new RangeError(
    `options: expected some of ${known.join(', ')}, got ${JSON.stringify(stranger.slice(0, 80))}`,
  );
}

function seedOf(seed: unknown): HashSeed {
  if (typeof seed === 'number') return seed;
  // No seed has more digits: those of 2^64 - 1.
  if (typeof seed === 'string' && /^[0-9]{1,20}$/.test(seed)) return BigInt(seed);
  if (Array.isArray(seed) && seed.length <= 16 && seed.every((byte) => isByte(byte))) {
    return Uint8Array.from(seed);
  }
  throw new RangeError(
    `seed: expected an integer, its digits, or an array of at most 16 bytes, ` +
      `got ${JSON.stringify(seed).slice(0, 80)}`,
  );
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

function multiProbeOf(description: MultiProbeOptions & { readonly dialect?: unknown }): Placement {
  const { dialect, ...options } = description;
  if (dialect === undefined) return multiProbe(options);
  if (dialect !== 'go-mpchash') {
    throw new RangeError(`dialect: expected none or go-mpchash, got ${JSON.stringify(dialect)}`);
  }
  for (const name of ['probes', 'hash', 'seed']) {
    if (name in options) {
      throw new RangeError(`${name}: expected none, as go-mpchash has its own, got one`);
    }
  }
  return goMultiProbe(options);
}
