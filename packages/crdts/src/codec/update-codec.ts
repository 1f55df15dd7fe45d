import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

import { type DeltaEntry, type Head, type Heads, NO_HEAD } from '../delivery/delta-log.ts';
import type { ReplicaId } from '../replica-id.ts';
import { readPositive, readReplicaId } from './state-codec.ts';

const VERSION_TAG = 0x60;
const DELTAS_TAG = 0x61;
const STATE_TAG = 0x62;
/** The same where replicas were pruned, and what was. */
const PRUNED_VERSION_TAG = 0x63;
const PRUNED_STATE_TAG = 0x64;
const PRUNING_TAG = 0x65;
const PRUNED_DELTAS_TAG = 0x66;
const CHECKSUM_BYTES = 4;

/** Nobody was pruned. */
export const NO_PRUNING: Pruning = { epoch: 0, pruned: new Map() };

/** What an update is, once its checksum held. The states in it are bytes still. */
export type Update = Deltas | { readonly kind: 'pruning'; readonly pruning: Pruning } | WholeState;

/** Deltas, as somebody at an epoch took them for good. */
export interface Deltas {
  readonly kind: 'deltas';
  readonly epoch: number;
  readonly entries: readonly DeltaEntry[];
}

/** Which replicas no version names any more. */
export interface Pruning {
  /** The number of the agreement; 0 before the first one. */
  readonly epoch: number;
  /** All that were pruned in it and before, with all that they ever did. */
  readonly pruned: Heads;
}

/** What a version says. */
export interface Version {
  readonly epoch: number;
  readonly heads: Heads;
}

/** All that a replica has, at once. */
export interface WholeState {
  readonly kind: 'state';
  readonly heads: Heads;
  /** What was stable when tombstones were last dropped: who has less may not join. */
  readonly floor: Heads;
  /** Who was a member then. */
  readonly members: readonly ReplicaId[];
  readonly pruning: Pruning;
  readonly state: Uint8Array;
}

/** The chain hash of a replica's deltas after `bytes`: equal only for equal deltas in all. */
export function chainHash(before: number, bytes: Uint8Array): number {
  return crc32c(bytes, 0, bytes.length, before);
}

/** The canonical bytes of what a replica has. Nothing at all is no bytes. */
export function encodeVersion({ epoch, heads }: Version): Uint8Array {
  if (heads.size === 0 && epoch === 0) return new Uint8Array(0);
  const writer = new ByteWriter();
  writer.u8(epoch === 0 ? VERSION_TAG : PRUNED_VERSION_TAG);
  if (epoch > 0) writer.varint(epoch);
  writeHeads(writer, heads);
  return writer.finish();
}

/** @throws DecodeError if `bytes` are not from `encodeVersion`. */
export function decodeVersion(bytes: Uint8Array): Version {
  if (bytes.length === 0) return { epoch: 0, heads: new Map() };
  const reader = new ByteReader(bytes);
  const tag = reader.u8();
  if (tag !== PRUNED_VERSION_TAG) expectTag(tag, VERSION_TAG);
  const epoch = tag === VERSION_TAG ? 0 : readPositive(reader);
  const heads = readHeads(reader);
  reader.expectEnd();
  return { epoch, heads };
}

/** The bytes of an update that says who was pruned. */
export function encodePruning(pruning: Pruning): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(PRUNING_TAG);
  writePruning(writer, pruning);
  return sealed(writer);
}

/** The bytes of an update of deltas, in an order in which they can be applied. */
export function encodeDeltas(entries: readonly DeltaEntry[], epoch = 0): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(epoch === 0 ? DELTAS_TAG : PRUNED_DELTAS_TAG);
  if (epoch > 0) writer.varint(epoch);
  const ids = new Map<ReplicaId, number>();
  for (const entry of entries) {
    for (const id of [entry.id, ...entry.past.keys()]) if (!ids.has(id)) ids.set(id, ids.size);
  }
  writer.varint(ids.size);
  for (const id of ids.keys()) writer.string(id);
  writer.varint(entries.length);
  for (const entry of entries) {
    writer.varint(ids.get(entry.id) ?? 0);
    writer.varint(entry.sequence);
    writer.u32(entry.hashBefore);
    writer.varint(entry.past.size);
    for (const [id, sequence] of entry.past) {
      writer.varint(ids.get(id) ?? 0);
      writer.varint(sequence);
    }
    writer.lengthPrefixed(entry.bytes);
  }
  return sealed(writer);
}

/** The bytes of an update of the whole state; `members` ascend. */
export function encodeState({
  heads,
  floor,
  members,
  pruning,
  state,
}: Omit<WholeState, 'kind'>): Uint8Array {
  const writer = new ByteWriter(state.length + 64);
  writer.u8(pruning.epoch === 0 ? STATE_TAG : PRUNED_STATE_TAG);
  writeHeads(writer, heads);
  writeHeads(writer, floor);
  writer.varint(members.length);
  for (const id of members) writer.string(id);
  if (pruning.epoch > 0) writePruning(writer, pruning);
  writer.lengthPrefixed(state);
  return sealed(writer);
}

/** @throws DecodeError if `bytes` are no update, or damaged. A whole state is a view of them. */
export function decodeUpdate(bytes: Uint8Array): Update {
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < 1) throw new DecodeError(`update: expected at least 5 bytes, got ${bytes.length}`);
  if (new ByteReader(bytes, end).u32() !== crc32c(bytes, 0, end)) {
    throw new DecodeError('update: expected its checksum, got another one');
  }
  const reader = new ByteReader(bytes, 0, end);
  const update = readUpdate(reader);
  reader.expectEnd();
  return update;
}

function sealed(writer: ByteWriter): Uint8Array {
  writer.u32(crc32c(writer.view()));
  return writer.finish();
}

function readUpdate(reader: ByteReader): Update {
  const tag = reader.u8();
  if (tag === PRUNING_TAG) return { kind: 'pruning', pruning: readPruning(reader) };
  if (tag === STATE_TAG || tag === PRUNED_STATE_TAG) {
    const heads = readHeads(reader);
    const floor = readHeads(reader);
    const members = readIds(reader);
    const pruning = tag === STATE_TAG ? NO_PRUNING : readPruning(reader);
    return { kind: 'state', heads, floor, members, pruning, state: reader.lengthPrefixed() };
  }
  if (tag !== PRUNED_DELTAS_TAG) expectTag(tag, DELTAS_TAG);
  const epoch = tag === DELTAS_TAG ? 0 : readPositive(reader);
  const ids = readIds(reader);
  const entries: DeltaEntry[] = [];
  // An index, a number, a hash, the size of its past and that of its bytes.
  for (let count = reader.count(8); count > 0; count -= 1) entries.push(readEntry(reader, ids));
  return { kind: 'deltas', epoch, entries };
}

function writePruning(writer: ByteWriter, { epoch, pruned }: Pruning): void {
  writer.varint(epoch);
  writeHeads(writer, pruned);
}

function readPruning(reader: ByteReader): Pruning {
  return { epoch: readPositive(reader), pruned: readHeads(reader) };
}

function readIds(reader: ByteReader): ReplicaId[] {
  const ids: ReplicaId[] = [];
  for (let count = reader.count(2); count > 0; count -= 1) ids.push(readReplicaId(reader));
  return ids;
}

function readEntry(reader: ByteReader, ids: readonly ReplicaId[]): DeltaEntry {
  const id = idOf(ids, reader.varint());
  const sequence = readPositive(reader);
  const hashBefore = reader.u32();
  const past = new Map<ReplicaId, number>();
  for (let count = reader.count(2); count > 0; count -= 1) {
    past.set(idOf(ids, reader.varint()), readPositive(reader));
  }
  // A copy: the log and those that wait would keep all of the update alive.
  const bytes = reader.lengthPrefixed().slice();
  return { id, sequence, hashBefore, hash: chainHash(hashBefore, bytes), past, bytes };
}

function idOf(ids: readonly ReplicaId[], index: number): ReplicaId {
  const id = ids[index];
  if (id === undefined) throw new DecodeError(`id: expected one of ${ids.length}, got ${index}`);
  return id;
}

function writeHeads(writer: ByteWriter, heads: Heads): void {
  writer.varint(heads.size);
  for (const id of [...heads.keys()].sort()) {
    const { sequence, hash } = heads.get(id) ?? NO_HEAD;
    writer.string(id);
    writer.varint(sequence);
    writer.u32(hash);
  }
}

function readHeads(reader: ByteReader): Heads {
  const heads = new Map<ReplicaId, Head>();
  let last = '';
  for (let count = reader.count(7); count > 0; count -= 1) {
    const id = readReplicaId(reader);
    if (id <= last) throw new DecodeError('heads: expected ascending ids, got another order');
    last = id;
    heads.set(id, { sequence: readPositive(reader), hash: reader.u32() });
  }
  return heads;
}

function expectTag(found: number, expected: number): void {
  if (found !== expected) throw new DecodeError(`tag: expected ${expected}, got ${found}`);
}
