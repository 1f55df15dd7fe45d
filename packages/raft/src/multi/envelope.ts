import { ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

/*
 * What all groups of a node say to those of another in one turn, in one message.
 *
 *   version u8 │ 40 │ parcel │ parcel │ …
 *
 *   parcel   group id, or nothing for that of the parcel before │ protocol │ length │ payload
 *
 * A round of heartbeats is a few bytes for each group then, and one message for each peer.
 */

/** What one group says under one protocol. */
export interface Parcel {
  readonly groupId: string;
  readonly protocol: string;
  readonly payload: Uint8Array;
}

const VERSION = 1;
const ENVELOPE = 40;
const GROUP_ID_BYTES_MAX = 64;
/** As the log of all groups takes it: nobody is asked about another, which may look like a path. */
const GROUP_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const PROTOCOL_BYTES_MAX = 64;

/** Bytes before the first parcel. */
export const ENVELOPE_BYTES = 2;

/** More than a parcel takes besides its payload. */
export const PARCEL_BYTES_MAX: number = GROUP_ID_BYTES_MAX + PROTOCOL_BYTES_MAX + 8;

/** Begins an envelope. */
export function beginEnvelope(writer: ByteWriter): void {
  writer.u8(VERSION);
  writer.u8(ENVELOPE);
}

/** Adds a parcel. @param before - The group of the parcel before it, if there is one. */
export function writeParcel(writer: ByteWriter, parcel: Parcel, before: string | undefined): void {
  writer.string(parcel.groupId === before ? '' : parcel.groupId);
  writer.string(parcel.protocol);
  writer.lengthPrefixed(parcel.payload);
}

/**
 * The parcels of an envelope, their payloads views of `bytes`.
 *
 * @throws DecodeError if `bytes` are none.
 */
export function readEnvelope(bytes: Uint8Array): readonly Parcel[] {
  const reader = new ByteReader(bytes);
  const [version, tag] = [reader.u8(), reader.u8()];
  if (version !== VERSION || tag !== ENVELOPE) {
    throw new DecodeError(`envelope: expected ${VERSION} ${ENVELOPE}, got ${version} ${tag}`);
  }
  const parcels: Parcel[] = [];
  let before = '';
  while (reader.remaining > 0) {
    const groupId = readGroupId(reader) || before;
    if (groupId === '') throw new DecodeError('group id: expected 1..64 bytes, got none');
    const protocol = reader.string(PROTOCOL_BYTES_MAX);
    parcels.push({ groupId, protocol, payload: reader.lengthPrefixed() });
    before = groupId;
  }
  return parcels;
}

/** A group id, or nothing. */
function readGroupId(reader: ByteReader): string {
  const groupId = reader.string(GROUP_ID_BYTES_MAX);
  if (groupId === '' || GROUP_ID.test(groupId)) return groupId;
  throw new DecodeError('group id: expected A-Z a-z 0-9 _ - and . but not first, got another');
}
