import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

/** What a replica's state was like once it had applied `logIndex`. */
export interface StateHash {
  readonly kind: 'stateHash';
  readonly logIndex: number;
  readonly digest: Uint8Array;
}

/** Longest digest that is compared: that of SHA-512. */
export const DIGEST_BYTES_MAX = 64;

/*
 * 30 stateHash   logIndex varint │ length │ digest, 1..64 bytes
 */

/** Writes what comes after the tag. */
export function writeStateHash(writer: ByteWriter, { logIndex, digest }: StateHash): void {
  writer.varint(logIndex);
  writer.lengthPrefixed(digest);
}

/** What `writeStateHash` wrote. @throws DecodeError */
export function readStateHash(reader: ByteReader): StateHash {
  const logIndex = reader.varint();
  if (logIndex === 0) throw new DecodeError('logIndex: expected at least 1, got 0');
  const digest = reader.lengthPrefixed();
  if (digest.length === 0 || digest.length > DIGEST_BYTES_MAX) {
    throw new DecodeError(`digest: expected 1..${DIGEST_BYTES_MAX} bytes, got ${digest.length}`);
  }
  return { kind: 'stateHash', logIndex, digest: digest.slice() };
}
