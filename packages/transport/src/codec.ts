/** Bytes that are no message of this codec: truncated, damaged, too large, of another version. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'DECODE_FAILED';
}

/**
 * Turns messages into bytes and bytes from outside into messages.
 *
 * `decode(encode(message))` equals `message`. Encoding is canonical: equal messages give equal
 * bytes.
 */
export interface Codec<Message> {
  /** The bytes of `message`, freshly allocated or owned by the caller afterwards. */
  encode(message: Message): Uint8Array;
  /**
   * The message in `bytes`, in time and memory bounded by their length. The result may alias
   * `bytes` only where the codec says so.
   *
   * @throws DecodeError if `bytes` are not exactly one message. Never anything else.
   */
  decode(bytes: Uint8Array): Message;
}
