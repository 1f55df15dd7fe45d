/*
 * What a sharded request carries besides its payload, so that two views of the nodes meet safely.
 *
 * A request is a version, the epoch of the asking node's placement, the key and the payload; a
 * reply a version, a verdict, the epoch of the answering node's placement and the payload. Lengths
 * and epochs are varints.
 */
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

/** A request, and in whose view of the nodes it came here. */
export interface ShardedRequest {
  /** Of the placement by which the receiver was chosen. */
  readonly epoch: number;
  /** The key, as the bytes that it is. */
  readonly key: Uint8Array;
  readonly payload: Uint8Array;
}

/** What became of it, and what the answering node knows of. */
export interface ShardedReply {
  /** Whether the answering node owns the key, in its own view, and so has carried it out. */
  readonly verdict: 'done' | 'notOwner';
  /** Of the answering node's placement. */
  readonly epoch: number;
  /** Empty if it does not own the key. */
  readonly payload: Uint8Array;
}

const VERSION = 1;
const verdicts = ['done', 'notOwner'] as const;

const writer = new ByteWriter();

/** Requests. The bytes of what it decodes are borrowed from the input. */
export const shardedRequestCodec: Codec<ShardedRequest> = {
  encode: ({ epoch, key, payload }) => {
    writer.reset();
    writer.u8(VERSION);
    writer.varint(epoch);
    writer.lengthPrefixed(key);
    writer.bytes(payload);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const epoch = reader.varint();
    const key = reader.lengthPrefixed();
    return { epoch, key, payload: reader.bytes(reader.remaining) };
  },
};

/** Replies. The payload of what it decodes is borrowed from the input. */
export const shardedReplyCodec: Codec<ShardedReply> = {
  encode: ({ verdict, epoch, payload }) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(verdicts.indexOf(verdict));
    writer.varint(epoch);
    writer.bytes(payload);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const place = reader.u8();
    const verdict = verdicts[place];
    if (verdict === undefined) throw new DecodeError(`verdict: expected 0 or 1, got ${place}`);
    const epoch = reader.varint();
    if (verdict === 'notOwner') reader.expectEnd();
    return { verdict, epoch, payload: reader.bytes(reader.remaining) };
  },
};

function expectVersion(reader: ByteReader): void {
  const version = reader.u8();
  if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
}
