import { decodeVersion } from './version-codec.ts';

/**
 * Whether the holder of a document at `version` has all that is in it at `part`, wherever that is.
 *
 * @throws CorruptBytesError if one of them is no version.
 *
 * @example
 * ```ts
 * import { doesCover, JsonDocument } from '@quorate/crdts/document';
 *
 * const ann = new JsonDocument({ replicaId: 'ann' });
 * const before = ann.encodeVersion();
 * ann.root.set('color', 'red');
 * doesCover(ann.encodeVersion(), before); // => true
 * doesCover(before, ann.encodeVersion()); // => false
 * ```
 */
export function doesCover(version: Uint8Array, part: Uint8Array): boolean {
  const nextOf = new Map(decodeVersion(version).map((entry) => [entry.replicaId, entry]));
  return decodeVersion(part).every(
    ({ replicaId, nextSequence }) => nextSequence <= (nextOf.get(replicaId)?.nextSequence ?? 0),
  );
}
