import { BLOCK_WORDS, SplitBlockBloomFilter } from '../split-block-bloom.ts';
import type { SetSnapshot } from './snapshot.ts';

/** Bits of a filter for each item: one in a hundred that it lacks passes for one that it has. */
const BITS_PER_ITEM = 10.5;

/**
 * One of `partCount` parts of a set: whose hash has the number `part` in the low bits of its high
 * half.
 */
export interface Part {
  readonly part: number;
  /** A power of 2. */
  readonly partCount: number;
}

/** How many parts make the filter of each fit a message. */
export function partCountFor(itemCount: number, messageBytesMax: number): number {
  const sizeBytes = (itemCount * BITS_PER_ITEM) / 8;
  let partCount = 1;
  // Parts differ in size by chance: a message is not filled.
  while (sizeBytes / partCount > messageBytesMax * 0.8) partCount *= 2;
  return partCount;
}

/** Words of a filter of what `snapshot` has of a part. O(items). */
export function filterOf(snapshot: SetSnapshot, part: Part): Int32Array {
  const places = placesOf(snapshot, part);
  const bits = places.length * BITS_PER_ITEM;
  const blockCount = Math.max(1, Math.ceil(bits / (32 * BLOCK_WORDS)));
  const filter = new SplitBlockBloomFilter({ blockCount });
  for (const place of places) {
    filter.addHash(halfAt(snapshot, 2 * place + 1), halfAt(snapshot, 2 * place));
  }
  return filter.words;
}

/**
 * What `snapshot` has of a part that is certainly not in a filter. O(items).
 *
 * @throws RangeError if `words` are those of no filter.
 */
export function absentFrom(snapshot: SetSnapshot, part: Part, words: Int32Array): Uint8Array[] {
  const filter = new SplitBlockBloomFilter({ words });
  const absent: Uint8Array[] = [];
  for (const place of placesOf(snapshot, part)) {
    const item = snapshot.items[place];
    if (item === undefined) continue;
    const isThere = filter.hasHash(halfAt(snapshot, 2 * place + 1), halfAt(snapshot, 2 * place));
    if (!isThere) absent.push(item);
  }
  return absent;
}

function placesOf({ items, hashes }: SetSnapshot, { part, partCount }: Part): number[] {
  const places: number[] = [];
  for (let place = 0; place < items.length; place += 1) {
    if (((hashes[2 * place + 1] ?? 0) & (partCount - 1)) === part) places.push(place);
  }
  return places;
}

function halfAt({ hashes }: SetSnapshot, at: number): number {
  return (hashes[at] ?? 0) | 0;
}
