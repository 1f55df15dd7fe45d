declare const brand: unique symbol;

/** A `Base` value that only code which validated it can produce. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Names one process for all time. An id is never reused, not even after the process leaves. */
export type NodeId = Branded<string, 'NodeId'>;

const encoder = new TextEncoder();

/**
 * Accepts `text` as the name of a node.
 *
 * @param text - 1..64 bytes of UTF-8, without lone surrogates.
 * @returns The same text, branded.
 * @throws RangeError if `text` is empty, longer than 64 bytes of UTF-8, or not well-formed.
 *
 * @example
 * ```ts
 * nodeId('n1'); // => 'n1'
 * ```
 */
export function nodeId(text: string): NodeId {
  if (typeof text !== 'string') {
    throw new TypeError(`nodeId: expected a string, got ${typeof text}`);
  }
  const sizeBytes = encoder.encode(text).length;
  if (sizeBytes < 1 || sizeBytes > 64) {
    throw new RangeError(`nodeId: expected 1..64 bytes of UTF-8, got ${String(sizeBytes)}`);
  }
  // A lone surrogate would become U+FFFD on the wire, and two ids could meet there.
  if (!text.isWellFormed()) {
    throw new RangeError('nodeId: expected well-formed text, got a lone surrogate');
  }
  return text as NodeId;
}
