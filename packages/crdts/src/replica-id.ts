/**
 * Names one replica for all time: 1..64 bytes of well-formed text. An id that came back after its
 * counter was lost would give two events the same name.
 */
export type ReplicaId = string;

/** The longest id, in bytes of UTF-8, as that of a node. */
const ID_SIZE_MAX_BYTES = 64;

/**
 * `id`, if it can name a replica.
 *
 * @throws TypeError if it is not a string.
 * @throws RangeError if it is empty, longer than 64 bytes of UTF-8, or not well-formed: a lone
 *   surrogate becomes U+FFFD in bytes, where two ids could meet.
 */
export function checkReplicaId(name: string, id: ReplicaId): ReplicaId {
  if (typeof id !== 'string') throw new TypeError(`${name}: expected a string, got ${typeof id}`);
  if (!id.isWellFormed()) {
    throw new RangeError(`${name}: expected well-formed text, got a lone surrogate`);
  }
  const sizeBytes = sizeOf(id);
  if (sizeBytes < 1 || sizeBytes > ID_SIZE_MAX_BYTES) {
    throw new RangeError(`${name}: expected 1..64 bytes of UTF-8, got ${sizeBytes}`);
  }
  return id;
}

/** Bytes of UTF-8; of a long text, more than are allowed. */
function sizeOf(text: string): number {
  if (text.length > ID_SIZE_MAX_BYTES) return text.length;
  let sizeBytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    sizeBytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return sizeBytes;
}
