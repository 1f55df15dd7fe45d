/*
 * A placement as bytes: what it was made of, never what was derived from it. A ring of 160,000
 * points is 1,000 ids and one number; whoever restores it derives the points again, and cannot be
 * handed points that fit no nodes.
 *
 *     "QPL" version kind epoch  hash code  seed  nodes  numbers  words  CRC-32C
 *
 * `nodes` are id, weight, zone each, in the order of the ids; `numbers` are the parameters of the
 * kind; `words` are what history left behind, where a placement depends on it: the owners of slots,
 * the removals of memento and anchor.
 *
 * The bytes may come from anybody. The checksum says that they are whole, not that they are honest:
 * every count is held against the bytes that are left before anything is allocated, and what was
 * decoded goes through the same checks as what a caller says.
 */
import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

import type { NodeSpec, PlacementNode } from '../node-set.ts';

/** Which algorithm a placement is. */
export type PlacementKind =
  | 'ring'
  | 'ketama'
  | 'multi-probe'
  | 'slots'
  | 'redis-slots'
  | 'rendezvous'
  | 'weighted-rendezvous'
  | 'skeleton-rendezvous'
  | 'jump'
  | 'maglev'
  | 'anchor'
  | 'memento';

/** The algorithms, each with the byte that stands for it in snapshots, for ever. */
const kindCodes: Readonly<Record<PlacementKind, number>> = {
  ring: 1,
  ketama: 2,
  'multi-probe': 3,
  slots: 4,
  'redis-slots': 5,
  rendezvous: 6,
  'weighted-rendezvous': 7,
  'skeleton-rendezvous': 8,
  jump: 9,
  maglev: 10,
  anchor: 11,
  memento: 12,
};

/** What stands in a snapshot. */
export interface SnapshotFields {
  readonly kind: PlacementKind;
  readonly epoch: number;
  /** `KeyHasher.code`; 0 for a kind that has no choice. */
  readonly hashCode: number;
  /** `KeyHasher.seed`; empty for a kind that has no choice. */
  readonly seed: Uint8Array;
  readonly nodes: readonly NodeSpec[];
  /** Parameters of the kind. */
  readonly numbers: readonly number[];
  /** History of the kind: integers in 0..2^32-1. */
  readonly words: Uint32Array;
}

/** The same, of nodes that were checked. */
export interface CheckedFields extends SnapshotFields {
  readonly nodes: readonly PlacementNode[];
}

const MAGIC = [0x51, 0x50, 0x4c]; // "QPL"
const VERSION = 1;
const CHECKSUM_BYTES = 4;
const WORD_BYTES = 4;
const NUMBER_BYTES = 8;
/** A length byte and a character, a weight, and whether there is a zone. */
const NODE_BYTES_MIN = 2 + NUMBER_BYTES + 1;
const TEXT_BYTES_MAX = 3 * 65_536;
const SEED_BYTES_MAX = 64;

/** The bytes of `fields`. Equal fields give equal bytes. */
export function encodeSnapshot(fields: CheckedFields): Uint8Array {
  const writer = new ByteWriter();
  for (const byte of MAGIC) writer.u8(byte);
  writer.u8(VERSION);
  writer.u8(kindCodes[fields.kind]);
  writer.varint(fields.epoch);
  writer.u8(fields.hashCode);
  writer.lengthPrefixed(fields.seed);
  writer.varint(fields.nodes.length);
  for (const node of fields.nodes) writeNode(writer, node);
  writer.varint(fields.numbers.length);
  for (const number of fields.numbers) writeNumber(writer, number);
  writer.varint(fields.words.length);
  for (const word of fields.words) writer.u32(word);
  writer.u32(crc32c(writer.view()));
  return writer.finish();
}

/**
 * What stands in `bytes`.
 *
 * @throws DecodeError if they are not exactly one snapshot of this version, whole and canonical.
 */
export function decodeSnapshot(bytes: Uint8Array): SnapshotFields {
  const body = checkedBody(bytes);
  const reader = new ByteReader(body);
  for (const byte of MAGIC) expectByte('magic', byte, reader.u8());
  expectByte('version', VERSION, reader.u8());
  const fields = {
    kind: readKind(reader),
    epoch: reader.varint(),
    hashCode: reader.u8(),
    seed: reader.lengthPrefixed(SEED_BYTES_MAX).slice(),
    nodes: readNodes(reader),
    numbers: readNumbers(reader),
    words: readWords(reader),
  };
  reader.expectEnd();
  return fields;
}

function checkedBody(bytes: Uint8Array): Uint8Array {
  const size = bytes.length - CHECKSUM_BYTES;
  if (size < 0) throw new DecodeError(`snapshot: expected at least 4 bytes, got ${bytes.length}`);
  const body = bytes.subarray(0, size);
  const claimed = new ByteReader(bytes, size).u32();
  if (crc32c(body) !== claimed)
    throw new DecodeError('checksum: expected that of the bytes, got another');
  return body;
}

function expectByte(name: string, expected: number, got: number): void {
  if (got !== expected) throw new DecodeError(`${name}: expected ${expected}, got ${got}`);
}

function readKind(reader: ByteReader): PlacementKind {
  const code = reader.u8();
  for (const [kind, known] of Object.entries(kindCodes)) {
    if (known === code && isKind(kind)) return kind;
  }
  throw new DecodeError(`kind: expected one that is known, got ${code}`);
}

function isKind(text: string): text is PlacementKind {
  return Object.hasOwn(kindCodes, text);
}

function writeNode(writer: ByteWriter, { id, weight, zone }: PlacementNode): void {
  writer.string(id);
  writeNumber(writer, weight);
  writer.u8(zone === undefined ? 0 : 1);
  if (zone !== undefined) writer.string(zone);
}

function readNodes(reader: ByteReader): NodeSpec[] {
  const count = reader.count(NODE_BYTES_MIN);
  const nodes: NodeSpec[] = [];
  while (nodes.length < count) {
    const node = readNode(reader);
    const before = nodes.at(-1);
    if (before !== undefined && before.id >= node.id) {
      throw new DecodeError('nodes: expected ascending ids that differ, got others');
    }
    nodes.push(node);
  }
  return nodes;
}

function readNode(reader: ByteReader): NodeSpec {
  const id = reader.string(TEXT_BYTES_MAX);
  const weight = readNumber(reader);
  const zoneCount = reader.u8();
  if (zoneCount > 1) throw new DecodeError(`zone: expected 0 or 1 of them, got ${zoneCount}`);
  return zoneCount === 0 ? { id, weight } : { id, weight, zone: reader.string(TEXT_BYTES_MAX) };
}

function writeNumber(writer: ByteWriter, value: number): void {
  const bytes = new Uint8Array(NUMBER_BYTES);
  new DataView(bytes.buffer).setFloat64(0, value);
  writer.bytes(bytes);
}

function readNumber(reader: ByteReader): number {
  const bytes = reader.bytes(NUMBER_BYTES);
  const value = new DataView(bytes.buffer, bytes.byteOffset, NUMBER_BYTES).getFloat64(0);
  if (!Number.isFinite(value) || Object.is(value, -0)) {
    throw new DecodeError(
      `number: expected a finite one, got ${Object.is(value, -0) ? '-0' : value}`,
    );
  }
  return value;
}

function readNumbers(reader: ByteReader): number[] {
  const count = reader.count(NUMBER_BYTES);
  return Array.from({ length: count }, () => readNumber(reader));
}

function readWords(reader: ByteReader): Uint32Array {
  const words = new Uint32Array(reader.count(WORD_BYTES));
  for (let index = 0; index < words.length; index += 1) words[index] = reader.u32();
  return words;
}
