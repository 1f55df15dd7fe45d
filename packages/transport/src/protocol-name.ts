import type { Branded } from './node-id.ts';

/** Names what a message belongs to ('raft', 'crdt-sync', …): many protocols share one transport. */
export type ProtocolName = Branded<string, 'ProtocolName'>;

const pattern = /^[a-z0-9][a-z0-9._/-]{0,63}$/;

/**
 * Accepts `text` as the name of a protocol.
 *
 * @param text - 1..64 characters of `a-z 0-9 . _ / -`, the first a letter or digit.
 * @returns The same text, branded.
 * @throws RangeError if `text` has another shape.
 *
 * @example
 * ```ts
 * protocolName('raft'); // => 'raft'
 * ```
 */
export function protocolName(text: string): ProtocolName {
  if (!pattern.test(text)) {
    throw new RangeError(
      `protocolName: expected 1..64 characters of a-z 0-9 . _ / -, got ${JSON.stringify(text)}`,
    );
  }
  return text as ProtocolName;
}
