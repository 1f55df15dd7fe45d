/* What a document was, and whose it is; how is in text-history.ts. */
import { BeforeHistoryError } from '../errors.ts';
import { frontierOfVersion } from '../history/frontier-of-version.ts';
import { insidesOf, type TextDocument, type TextPatch } from './text-document.ts';
import { authorshipsIn, diffIn, type TextAuthorship, textIn } from './text-history.ts';

/**
 * What the text said at a version.
 *
 * @param version - From `encodeVersion` of this or another replica.
 * @throws CorruptBytesError if it is none; RangeError if it has events that are not here;
 *   BeforeHistoryError if its past was trimmed.
 *
 * @remarks
 * The first question about the past goes through all of history, and so do cursors and
 * `authorships`; later ones go through what lies between their version and the one before.
 *
 * @example
 * ```ts
 * import { diff, textAt, TextDocument } from '@quorate/crdts/text';
 *
 * const text = new TextDocument({ replicaId: 'ann' });
 * text.insert(0, 'Hello');
 * const version = text.encodeVersion();
 * text.insert(5, '!');
 * textAt(text, version); // => 'Hello'
 * diff(text, version, text.encodeVersion());
 * // => [{ position: 5, deleteCount: 0, inserted: '!' }]
 * ```
 */
export function textAt(text: TextDocument, version: Uint8Array): string {
  return textIn(insidesOf(text).state, frontierOf(text, version));
}

/**
 * The patches that make the text of version `to` out of that of version `from`, in order.
 *
 * @throws CorruptBytesError, RangeError, BeforeHistoryError as `textAt`.
 */
export function diff(text: TextDocument, from: Uint8Array, to: Uint8Array): readonly TextPatch[] {
  return diffIn(insidesOf(text).state, frontierOf(text, from), frontierOf(text, to));
}

/** Who wrote what of the text as it is now, in order and without gaps. */
export function authorships(text: TextDocument): readonly TextAuthorship[] {
  return authorshipsIn(insidesOf(text).state);
}

function frontierOf(text: TextDocument, version: Uint8Array): readonly number[] {
  const { graph, trimmedCount } = insidesOf(text).history;
  const frontier = frontierOfVersion(graph, version);
  if (Math.max(-1, ...frontier) < trimmedCount - 1) {
    throw new BeforeHistoryError('version: expected one after the trimmed history');
  }
  return frontier;
}
