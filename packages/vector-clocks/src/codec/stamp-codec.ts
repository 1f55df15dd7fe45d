/*
 * Stamps of interval tree clocks in a few bits a node: the code of the reference in Erlang.
 *
 *     identity   0          00 0                event   (0, 0, r)    0 00 r
 *                1          00 1                        (0, l, 0)    0 01 l
 *                (0, r)     01 r                        (0, l, r)    0 10 l r
 *                (l, 0)     10 l                        (n, 0, r)    0 11 0 0 n r
 *                (l, r)     11 l r                      (n, l, 0)    0 11 0 1 n l
 *                                                       (n, l, r)    0 11 1 n l r
 *                                                       n            1 number
 *
 * A number below 4 is `0` and 2 bits; the next 8 are `10` and 3 bits, the next 16 `110` and 4, and
 * so on: small ones are short, and each has one code. The identity stands first, the events follow,
 * and zeros fill up the last byte.
 *
 * So it is read by the reference, and the reference's bytes are read here. There is no version in
 * it and no checksum; a message that carries a stamp has its own. What is not in normal form is
 * refused, or one stamp could be written in two ways. Depth is bounded before anything is built.
 *
 * Source: erlang/itc.erl of github.com/ricardobcl/Interval-Tree-Clocks, by the authors of the
 * paper.
 */
import { DecodeError } from '@quorate/transport/codec';

import type { EventTree } from '../interval-tree/event-tree.ts';
import { type Identity, TREE_DEPTH_MAX } from '../interval-tree/identity.ts';
import { IntervalTreeStamp } from '../interval-tree/stamp.ts';
import { BitReader } from './bit-reader.ts';
import { BitWriter } from './bit-writer.ts';

/** The largest stamp that is read: some hundred thousand replicas. */
const STAMP_SIZE_BYTES_MAX = 1_024 * 1_024;

/** One for all: whoever writes has written before anybody else can. */
const writer = new BitWriter();

/**
 * `stamp` in the bits of the reference.
 *
 * @example
 * ```ts
 * import { IntervalTreeStamp } from '@quorate/vector-clocks';
 *
 * const [left] = IntervalTreeStamp.seed.fork();
 * Array.from(encodeStamp(left.event())); // => [137, 144]
 * ```
 */
export function encodeStamp(stamp: IntervalTreeStamp): Uint8Array {
  // Something may be left of a stamp that could not be written.
  writer.reset();
  writeIdentity(stamp.identity);
  writeEvents(stamp.events);
  return writer.finish();
}

/**
 * The stamp in `bytes`.
 *
 * @throws DecodeError if they are anything but one stamp in normal form: cut off, longer, larger
 *   than 1 MiB, deeper than 1 024, with a count above 2^53-1.
 */
export function decodeStamp(bytes: Uint8Array): IntervalTreeStamp {
  if (bytes.length > STAMP_SIZE_BYTES_MAX) {
    throw new DecodeError(`stamp: expected at most 1 MiB, got ${bytes.length} bytes`);
  }
  const reader = new BitReader(bytes);
  const identity = readIdentity(reader, 0);
  const events = readEvents(reader, 0, 0);
  reader.expectEnd();
  return new IntervalTreeStamp(identity, events);
}

function writeIdentity(identity: Identity): void {
  if (identity === 0 || identity === 1) {
    writer.bits(identity, 3);
    return;
  }
  const { left, right } = identity;
  writer.bits((left === 0 ? 0 : 2) + (right === 0 ? 0 : 1), 2);
  if (left !== 0) writeIdentity(left);
  if (right !== 0) writeIdentity(right);
}

function readIdentity(reader: BitReader, depth: number): Identity {
  checkDepth(depth);
  const tag = reader.bits(2);
  if (tag === 0) return reader.bits(1) === 0 ? 0 : 1;
  const left = (tag & 2) === 0 ? 0 : readIdentity(reader, depth + 1);
  const right = (tag & 1) === 0 ? 0 : readIdentity(reader, depth + 1);
  // What the tag announced is not 0, and two of 1 are a 1.
  const isNormal =
    (left !== 0) === ((tag & 2) !== 0) &&
    (right !== 0) === ((tag & 1) !== 0) &&
    !(left === 1 && right === 1);
  if (!isNormal) throw notNormal('identity');
  return { left, right };
}

function writeEvents(tree: EventTree): void {
  if (typeof tree === 'number') {
    writer.bits(1, 1);
    writeNumber(tree);
    return;
  }
  const { base, left, right } = tree;
  if (base === 0) writer.bits(left === 0 ? 0 : right === 0 ? 1 : 2, 3);
  else if (left === 0) writer.bits(0b01100, 5);
  else if (right === 0) writer.bits(0b01101, 5);
  else writer.bits(0b0111, 4);
  if (base > 0) writeEvents(base);
  if (left !== 0) writeEvents(left);
  if (right !== 0) writeEvents(right);
}

/** @param above - What the nodes above add to this tree. */
function readEvents(reader: BitReader, depth: number, above: number): EventTree {
  checkDepth(depth);
  if (reader.bits(1) === 1) return readCount(reader, above);
  const kind = readNodeKind(reader);
  const base = kind.hasBase ? readBase(reader, above) : 0;
  const left = kind.hasLeft ? readEvents(reader, depth + 1, above + base) : 0;
  const right = kind.hasRight ? readEvents(reader, depth + 1, above + base) : 0;
  const isNormal =
    kind.hasBase === base > 0 &&
    kind.hasLeft === (left !== 0) &&
    kind.hasRight === (right !== 0) &&
    Math.min(baseOf(left), baseOf(right)) === 0;
  if (!isNormal) throw notNormal('event');
  return { base, left, right };
}

function readCount(reader: BitReader, above: number): number {
  const count = readNumber(reader);
  if (above + count > Number.MAX_SAFE_INTEGER) throw tooLarge();
  return count;
}

/** A base is written as a leaf is. */
function readBase(reader: BitReader, above: number): number {
  if (reader.bits(1) === 0) throw notNormal('event');
  return readCount(reader, above);
}

interface NodeKind {
  readonly hasBase: boolean;
  readonly hasLeft: boolean;
  readonly hasRight: boolean;
}

function readNodeKind(reader: BitReader): NodeKind {
  const tag = reader.bits(2);
  if (tag < 3) return { hasBase: false, hasLeft: tag > 0, hasRight: tag !== 1 };
  if (reader.bits(1) === 1) return { hasBase: true, hasLeft: true, hasRight: true };
  const hasLeft = reader.bits(1) === 1;
  return { hasBase: true, hasLeft, hasRight: !hasLeft };
}

function baseOf(tree: EventTree): number {
  return typeof tree === 'number' ? tree : tree.base;
}

function writeNumber(value: number): void {
  let rest = value;
  let width = 2;
  for (; rest >= 2 ** width; width += 1) {
    writer.bits(1, 1);
    rest -= 2 ** width;
  }
  writer.bits(0, 1);
  writer.bits(rest, width);
}

function readNumber(reader: BitReader): number {
  let skipped = 0;
  let width = 2;
  for (; reader.bits(1) === 1; width += 1) {
    skipped += 2 ** width;
    // Its width would soon be more than a number holds.
    if (skipped > Number.MAX_SAFE_INTEGER) throw tooLarge();
  }
  return skipped + reader.bits(width);
}

function checkDepth(depth: number): void {
  if (depth <= TREE_DEPTH_MAX) return;
  throw new DecodeError(`stamp: expected trees at most ${TREE_DEPTH_MAX} deep, got a deeper one`);
}

function notNormal(what: string): DecodeError {
  return new DecodeError(`stamp: expected ${what} trees in normal form, got another`);
}

function tooLarge(): DecodeError {
  return new DecodeError('stamp: expected counts of at most 2^53-1, got more');
}
