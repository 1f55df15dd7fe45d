/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Leaves, blocks and spans are numbered below their counts; `?? 0` would cost each field a test. */

/*
 * Every character that was ever inserted, deleted ones too, in document order, and of each whether
 * it is there: in the text as it is now, and in a few other versions at once.
 *
 * Characters that were typed in a row stay together, so a row of the table is a span of them, with
 * consecutive ids. A span is as uniform as one character: all of it is there or none of it is. What
 * is asked is where the 5,000th visible character of a version is, and how many characters are
 * before a place. Both are answered by sums over groups: a leaf holds up to 32 spans, a block up to
 * 64 leaves, and the document is a list of blocks. A million spans make about a thousand blocks, so
 * a third level of sums would gain nothing.
 *
 *   blocks   [ sums ............................. ] [ sums ...
 *   leaves   [ sums ...... ] [ sums ..... ] ...
 *   spans    id length left right deleted  state in slot 0, 1, 2
 *
 * The sums of a group: visible now, visible in slot 0, 1, 2, and characters whose ids are
 * underwater. These are characters older than what the tree covers: one span stands for all of
 * them at first, and as their ids ascend in document order, a sum finds each. All other ids are
 * local versions, and a table gives the leaf of each.
 *
 * Source: Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster,
 * Smaller", EuroSys 2025, for spans with two counts; several prepare versions at once are ours.
 */
import { EventTable } from './event-table.ts';

/** The first id of a character that is older than what the tree covers. */
export const UNDERWATER: number = 2 ** 30;
/** How many versions a tree keeps besides the present one. */
export const SLOT_COUNT = 3;

/** Fields of a span. */
export const ID = 0;
export const LENGTH = 1;
/** Left origin and right parent of the first character; others have the one before them and none. */
export const LEFT = 2;
export const RIGHT = 3;
export const DELETED = 4;
/** State in slot 0: 0 not inserted yet, 1 there, more if deleted, by each deletion one more. */
export const STATE = 5;

/** Which sum: visible now, visible in slot `1 + slot - 1`, underwater. */
export const NOW = 0;
export const IN_SLOT = 1;
const OLD = 4;
const SUM_COUNT = 5;

const LEAF_MAX = 32;
const BLOCK_MAX = 64;
/** Fields of a leaf or block: how many it has, its block or rank, its sums. */
const COUNT = 0;
const PARENT = 1;
const SUMS = 2;

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * array.length);
  grown.set(array);
  return grown;
}

/**
 * The spans, and a cursor into them: `leaf`, `index` of a span in it, `offset` in that span. A
 * cursor between two spans is at offset 0 of the second one, whose index may be the leaf's count.
 */
export class SpanTree {
  leaf = 0;
  index = 0;
  offset = 0;
  #spans = new Int32Array(LEAF_MAX * 8);
  #leaves = new Int32Array(8);
  #leafCount = 1;
  #blocks = new Int32Array(8);
  #children = new Int32Array(BLOCK_MAX);
  #blockCount = 1;
  readonly #order: number[] = [0];
  readonly #leafOf = new EventTable();
  #spanCount = 0;

  /** @param length - How many characters are there from the beginning, with underwater ids. */
  constructor(length: number) {
    this.#blocks[COUNT] = 1;
    if (length > 0) this.insert(UNDERWATER, length, -1, -1, -1);
  }

  /** How many spans there are. */
  get spanCount(): number {
    return this.#spanCount;
  }

  /** A field of the span at the cursor. */
  field(field: number): number {
    return this.#spans[(this.leaf * LEAF_MAX + this.index) * 8 + field]!;
  }

  /** The sum over all spans. */
  total(sum: number): number {
    let total = 0;
    for (const block of this.#order) total += this.#blocks[block * 8 + SUMS + sum]!;
    return total;
  }

  /** Moves the cursor to the first span. */
  toStart(): void {
    this.leaf = this.#children[this.#order[0]! * BLOCK_MAX]!;
    this.index = 0;
    this.offset = 0;
  }

  /** Moves the cursor to the start of a span again if it is behind the last one of a leaf. */
  toSpan(): boolean {
    if (this.index < this.#leaves[this.leaf * 8]!) return true;
    const block = this.#leaves[this.leaf * 8 + PARENT]!;
    const next = this.#placeInBlock(this.leaf) + 1;
    if (next < this.#blocks[block * 8]!) {
      this.leaf = this.#children[block * BLOCK_MAX + next]!;
    } else {
      const follower = this.#order[this.#blocks[block * 8 + PARENT]! + 1];
      if (follower === undefined) return false;
      this.leaf = this.#children[follower * BLOCK_MAX]!;
    }
    this.index = 0;
    this.offset = 0;
    return true;
  }

  /** Moves the cursor to the next span, if there is one. */
  next(): boolean {
    this.index += 1;
    this.offset = 0;
    return this.toSpan();
  }

  /** Moves the cursor to the character number `position` that counts for a sum, if there is one. */
  seek(sum: number, position: number): boolean {
    let rest = position;
    const column = SUMS + sum;
    const order = this.#order;
    let block = -1;
    for (const candidate of order) {
      const size = this.#blocks[candidate * 8 + column]!;
      if (rest < size) {
        block = candidate;
        break;
      }
      rest -= size;
    }
    if (block < 0) return false;
    let child = block * BLOCK_MAX;
    let size = this.#leaves[this.#children[child]! * 8 + column]!;
    while (rest >= size) {
      rest -= size;
      child += 1;
      size = this.#leaves[this.#children[child]! * 8 + column]!;
    }
    this.leaf = this.#children[child]!;
    let at = this.leaf * LEAF_MAX * 8;
    this.index = 0;
    size = this.#counted(at, sum);
    while (rest >= size) {
      rest -= size;
      at += 8;
      this.index += 1;
      size = this.#counted(at, sum);
    }
    this.offset = rest;
    return true;
  }

  /** Moves the cursor to the character with this id. */
  locate(id: number): void {
    if (id >= UNDERWATER) {
      this.seek(OLD, id - UNDERWATER);
      return;
    }
    this.leaf = this.#leafOf.get(id);
    let at = this.leaf * LEAF_MAX * 8;
    const end = at + 8 * this.#leaves[this.leaf * 8]!;
    while (at < end) {
      const offset = id - this.#spans[at]!;
      if (offset >= 0 && offset < this.#spans[at + LENGTH]!) break;
      at += 8;
    }
    this.index = (at >> 3) - this.leaf * LEAF_MAX;
    this.offset = id - this.#spans[at]!;
  }

  /** How much is before the cursor, by a sum. */
  before(sum: number): number {
    const column = SUMS + sum;
    const first = this.leaf * LEAF_MAX * 8;
    const end = first + 8 * this.index;
    let total = 0;
    for (let at = first; at < end; at += 8) total += this.#counted(at, sum);
    if (this.offset > 0 && this.#counted(end, sum) > 0) total += this.offset;
    const block = this.#leaves[this.leaf * 8 + PARENT]!;
    for (let child = block * BLOCK_MAX; this.#children[child] !== this.leaf; child += 1) {
      total += this.#leaves[this.#children[child]! * 8 + column]!;
    }
    const rank = this.#blocks[block * 8 + PARENT]!;
    for (let at = 0; at < rank; at += 1) total += this.#blocks[this.#order[at]! * 8 + column]!;
    return total;
  }

  /** Whether character `left` stands before character `right`. Moves the cursor. */
  isBefore(left: number, right: number): boolean {
    this.locate(left);
    const place = this.#place();
    this.locate(right);
    const lead = place - this.#place();
    return lead === 0 ? left < right : lead < 0;
  }

  /**
   * Puts a new span at the cursor, there in the present and in `slot`, or in all slots if `slot` is
   * -1. It becomes part of the span before it if it goes on with it.
   */
  insert(id: number, length: number, left: number, right: number, slot: number): void {
    if (this.offset > 0) {
      this.#reserve(2);
      this.#split(this.offset);
      this.index += 1;
      this.offset = 0;
    } else {
      this.#reserve(1);
    }
    const at = (this.leaf * LEAF_MAX + this.index) * 8;
    const spans = this.#spans;
    if (id < UNDERWATER) this.#leafOf.fill(id, length, this.leaf);
    this.#openSlot(at);
    spans[at + ID] = id;
    spans[at + LENGTH] = length;
    spans[at + LEFT] = left;
    spans[at + RIGHT] = right;
    spans[at + DELETED] = 0;
    for (let other = 0; other < SLOT_COUNT; other += 1) {
      spans[at + STATE + other] = slot < 0 || slot === other ? 1 : 0;
    }
    this.#count(at, 1);
    this.#merge(this.index - 1);
  }

  /**
   * Makes a span of the `length` characters at the cursor at most, as far as the cursor's span
   * goes, and returns how many these are. Follow it by `change` or `remove`.
   */
  isolate(length: number): number {
    this.#reserve(2);
    if (this.offset > 0) {
      this.#split(this.offset);
      this.index += 1;
      this.offset = 0;
    }
    const size = Math.min(length, this.field(LENGTH));
    if (size < this.field(LENGTH)) this.#split(size);
    return size;
  }

  /** Adds `step` to the state of the cursor's span in a slot, and joins it with its neighbours. */
  change(slot: number, step: number): void {
    const at = (this.leaf * LEAF_MAX + this.index) * 8;
    this.#count(at, -1);
    this.#spans[at + STATE + slot]! += step;
    this.#count(at, 1);
    this.#mergeAround();
  }

  /** Marks the cursor's span as deleted by an event in `slot`, and joins it with its neighbours. */
  remove(slot: number): void {
    const at = (this.leaf * LEAF_MAX + this.index) * 8;
    this.#count(at, -1);
    this.#spans[at + STATE + slot]! += 1;
    this.#spans[at + DELETED] = 1;
    this.#count(at, 1);
    this.#mergeAround();
  }

  /** How many characters of the span at `at` count for a sum. */
  #counted(at: number, sum: number): number {
    const spans = this.#spans;
    if (sum === NOW) return spans[at + DELETED] === 0 ? spans[at + LENGTH]! : 0;
    if (sum === OLD) return spans[at]! >= UNDERWATER ? spans[at + LENGTH]! : 0;
    return spans[at + STATE + sum - IN_SLOT] === 1 ? spans[at + LENGTH]! : 0;
  }

  /** Adds the span at `at` to the sums of its leaf and its block, or takes it out. */
  #count(at: number, sign: number): void {
    const leaf = this.leaf * 8 + SUMS;
    const block = this.#leaves[this.leaf * 8 + PARENT]! * 8 + SUMS;
    for (let sum = 0; sum < SUM_COUNT; sum += 1) {
      const size = sign * this.#counted(at, sum);
      this.#leaves[leaf + sum]! += size;
      this.#blocks[block + sum]! += size;
    }
  }

  /** The number of the cursor's span among all places for spans. */
  #place(): number {
    const block = this.#leaves[this.leaf * 8 + PARENT]!;
    const rank = this.#blocks[block * 8 + PARENT]!;
    return (rank * BLOCK_MAX + this.#placeInBlock(this.leaf)) * LEAF_MAX + this.index;
  }

  #placeInBlock(leaf: number): number {
    const first = this.#leaves[leaf * 8 + PARENT]! * BLOCK_MAX;
    let child = first;
    while (this.#children[child] !== leaf) child += 1;
    return child - first;
  }

  /** Makes room for a span at `at`, in the leaf of the cursor. */
  #openSlot(at: number): void {
    const count = this.#leaves[this.leaf * 8]!;
    this.#spans.copyWithin(at + 8, at, (this.leaf * LEAF_MAX + count) * 8);
    this.#leaves[this.leaf * 8] = count + 1;
    this.#spanCount += 1;
  }

  /** Cuts the span of the cursor in two after `length` characters. Sums stay as they are. */
  #split(length: number): void {
    const at = (this.leaf * LEAF_MAX + this.index) * 8;
    this.#openSlot(at);
    const spans = this.#spans;
    spans[at + LENGTH] = length;
    spans[at + 8 + ID]! += length;
    spans[at + 8 + LENGTH]! -= length;
    spans[at + 8 + LEFT] = spans[at + 8 + ID]! - 1;
    spans[at + 8 + RIGHT] = -1;
  }

  #mergeAround(): void {
    this.#merge(this.index);
    if (this.index > 0) this.#merge(this.index - 1);
  }

  /** Joins span `index` of the leaf with the next one if they are as one. */
  #merge(index: number): void {
    const count = this.#leaves[this.leaf * 8]!;
    if (index < 0 || index + 1 >= count) return;
    const spans = this.#spans;
    const at = (this.leaf * LEAF_MAX + index) * 8;
    const next = at + 8;
    if (spans[next + ID] !== spans[at + ID]! + spans[at + LENGTH]!) return;
    if (spans[next + LEFT] !== spans[next + ID]! - 1 || spans[next + RIGHT] !== -1) return;
    for (let field = DELETED; field < STATE + SLOT_COUNT; field += 1) {
      if (spans[at + field] !== spans[next + field]) return;
    }
    if (this.index > index) {
      this.offset += this.index === index + 1 ? spans[at + LENGTH]! : 0;
      this.index -= 1;
    }
    spans[at + LENGTH]! += spans[next + LENGTH]!;
    spans.copyWithin(next, next + 8, (this.leaf * LEAF_MAX + count) * 8);
    this.#leaves[this.leaf * 8] = count - 1;
    this.#spanCount -= 1;
  }

  /** Makes room for `count` more spans in the leaf of the cursor, which may move to a new one. */
  #reserve(count: number): void {
    if (this.#leaves[this.leaf * 8]! + count <= LEAF_MAX) return;
    const half = LEAF_MAX / 2;
    const fresh = this.#addLeaf();
    const kept = this.leaf;
    const moved = this.#leaves[kept * 8]! - half;
    const from = (kept * LEAF_MAX + half) * 8;
    this.#spans.copyWithin(fresh * LEAF_MAX * 8, from, from + moved * 8);
    this.#leaves[kept * 8] = half;
    this.#leaves[fresh * 8] = moved;
    for (let sum = 0; sum < SUM_COUNT; sum += 1) {
      let total = 0;
      for (let index = 0; index < moved; index += 1) {
        total += this.#counted((fresh * LEAF_MAX + index) * 8, sum);
      }
      this.#leaves[fresh * 8 + SUMS + sum] = total;
      this.#leaves[kept * 8 + SUMS + sum]! -= total;
    }
    for (let index = 0; index < moved; index += 1) {
      const at = (fresh * LEAF_MAX + index) * 8;
      const id = this.#spans[at]!;
      if (id < UNDERWATER) this.#leafOf.fill(id, this.#spans[at + LENGTH]!, fresh);
    }
    if (this.index >= half) {
      this.leaf = fresh;
      this.index -= half;
    }
  }

  /** A new leaf after the one of the cursor, in its block; without spans. */
  #addLeaf(): number {
    let block = this.#leaves[this.leaf * 8 + PARENT]!;
    if (this.#blocks[block * 8] === BLOCK_MAX) {
      this.#splitBlock(block);
      block = this.#leaves[this.leaf * 8 + PARENT]!;
    }
    const fresh = this.#leafCount;
    this.#leafCount += 1;
    if (8 * fresh === this.#leaves.length) {
      this.#leaves = doubled(this.#leaves);
      this.#spans = doubled(this.#spans);
    }
    const at = block * BLOCK_MAX + this.#placeInBlock(this.leaf) + 1;
    const count = this.#blocks[block * 8]!;
    this.#children.copyWithin(at + 1, at, block * BLOCK_MAX + count);
    this.#children[at] = fresh;
    this.#blocks[block * 8] = count + 1;
    this.#leaves[fresh * 8 + PARENT] = block;
    return fresh;
  }

  #splitBlock(block: number): void {
    const half = BLOCK_MAX / 2;
    const fresh = this.#blockCount;
    this.#blockCount += 1;
    if (8 * fresh === this.#blocks.length) {
      this.#blocks = doubled(this.#blocks);
      this.#children = doubled(this.#children);
    }
    this.#blocks[block * 8] = half;
    this.#blocks[fresh * 8] = half;
    for (let at = 0; at < half; at += 1) {
      const leaf = this.#children[block * BLOCK_MAX + half + at]!;
      this.#children[fresh * BLOCK_MAX + at] = leaf;
      this.#leaves[leaf * 8 + PARENT] = fresh;
      for (let sum = SUMS; sum < SUMS + SUM_COUNT; sum += 1) {
        this.#blocks[fresh * 8 + sum]! += this.#leaves[leaf * 8 + sum]!;
        this.#blocks[block * 8 + sum]! -= this.#leaves[leaf * 8 + sum]!;
      }
    }
    this.#order.splice(this.#blocks[block * 8 + PARENT]! + 1, 0, fresh);
    for (let rank = 0; rank < this.#order.length; rank += 1) {
      this.#blocks[this.#order[rank]! * 8 + PARENT] = rank;
    }
  }
}
