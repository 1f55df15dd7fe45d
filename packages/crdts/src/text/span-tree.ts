/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Leaves, blocks and spans are numbered below their counts; `?? 0` would cost each field a test. */

/*
 * Every character that was ever inserted, deleted ones too, in document order, and of each whether
 * it is there: in the text as it is now, and in other versions, of which each has a *slot*.
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
 *   spans    id length left right children   now  underwater  slot 0  slot 1 ...
 *
 * Rows of spans, leaves and blocks have the same columns. From `now` on, a span has the value 1
 * where it counts, and the sum of a column is that of the lengths with a 1 there. Characters whose
 * ids are underwater are older than what the tree covers: one span stands for all of them at first,
 * and as their ids ascend in document order, a sum finds each. All other ids are local versions,
 * and a table gives the leaf of each. The columns for slots double when there are too few.
 *
 * Source: Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster,
 * Smaller", EuroSys 2025, for spans with two counts; several prepare versions at once are ours.
 */
import { EventTable } from './event-table.ts';

/** The first id of a character that is older than what the tree covers. */
export const UNDERWATER: number = 2 ** 30;

/** Column: the id of a span's first character; the others follow. */
export const ID = 0;
/** Column: how many characters a span has. */
export const LENGTH = 1;
/** Column: the left origin of a span's first character; of others, the one before them. */
export const LEFT = 2;
/** Column: the right parent of a span's first character, or -1; others have none. */
export const RIGHT = 3;
/** Column: a sum of `HAS_LEFT_CHILD` and `HAS_RIGHT_CHILD`. */
export const CHILDREN = 4;
/** Column: 1 if a span is in the text now, and 1 more by each reason why it is not. */
export const NOW = 5;
/** Column: 1 if the ids of a span are underwater. */
const OLD = 6;
/** Column of slot 0: 0 not inserted yet, 1 there, and 1 more by each reason why it is not. */
export const IN_SLOT = 7;

/** The first character of a span has left children. */
export const HAS_LEFT_CHILD = 2;
/** The last character of a span has right children. */
export const HAS_RIGHT_CHILD = 4;

const LEAF_MAX = 32;
const BLOCK_MAX = 64;
/** Columns of a leaf or block: how many it has, its block or rank. */
const COUNT = 0;
const PARENT = 1;

/** `array` with room for `rowCount` rows of `stride`, of which it has rows of `width`. */
function regrown(array: Int32Array, width: number, stride: number, rowCount: number): Int32Array {
  const grown = new Int32Array(rowCount * stride);
  if (width === stride) grown.set(array);
  else
    for (let at = 0, to = 0; at < array.length; at += width, to += stride) {
      grown.set(array.subarray(at, at + width), to);
    }
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
  /** How many spans there are. */
  spanCount = 0;
  /** How many versions there are beside the present one. */
  slotCount = 1;
  /** What is in the text now before the span that was sought last. */
  #lead = 0;
  #stride = 0;
  #spans: Int32Array = new Int32Array(0);
  #leaves: Int32Array = new Int32Array(0);
  /** Of each leaf and slot, how many characters are known there. */
  #known: Int32Array = new Int32Array(0);
  #leafCount = 0;
  #blocks: Int32Array = new Int32Array(0);
  #children: Int32Array = new Int32Array(0);
  #blockCount = 0;
  readonly #order: number[] = [];
  readonly #leafOf = new EventTable();

  /** @param length - How many characters are there from the beginning, with underwater ids. */
  constructor(length: number) {
    // Written a second time at once: a compiler takes what was written once for a constant, and
    // would have to begin anew when the tree grows.
    this.#stride = IN_SLOT + 2;
    this.#spans = new Int32Array(LEAF_MAX * this.#stride);
    this.#leaves = new Int32Array(this.#stride);
    this.#known = new Int32Array(2);
    this.#blocks = new Int32Array(this.#stride);
    this.#children = new Int32Array(BLOCK_MAX);
    this.clear(length, 0);
  }

  /**
   * Begins anew, with `length` characters that are there in all slots, and with underwater ids.
   *
   * @param base - A local version: all ids will be larger.
   */
  clear(length: number, base: number): void {
    this.#leafOf.forget(base);
    this.#leaves.fill(0);
    this.#blocks.fill(0);
    this.#known.fill(0);
    this.#leafCount = 1;
    this.#blockCount = 1;
    this.#blocks[COUNT] = 1;
    this.#children[0] = 0;
    this.#order.length = 1;
    this.#order[0] = 0;
    this.spanCount = 0;
    this.to(0, 0);
    if (length === 0) return;
    this.insert(UNDERWATER, length, -1, -1, 0);
    for (let slot = 1; slot < this.slotCount; slot += 1) this.change(slot, 1);
  }

  /** Adds a slot that is at the version of slot `like`, and returns its number. */
  addSlot(like: number): number {
    const slot = this.slotCount;
    this.slotCount = slot + 1;
    const width = this.#stride;
    if (IN_SLOT + slot === width) {
      const stride = width + slot;
      this.#stride = stride;
      this.#spans = regrown(this.#spans, width, stride, this.#spans.length / width);
      this.#leaves = regrown(this.#leaves, width, stride, this.#leaves.length / width);
      this.#blocks = regrown(this.#blocks, width, stride, this.#blocks.length / width);
      this.#known = regrown(this.#known, slot, 2 * slot, this.#known.length / slot);
    }
    for (const rows of [this.#spans, this.#leaves, this.#blocks]) {
      for (let at = IN_SLOT; at < rows.length; at += this.#stride)
        rows[at + slot] = rows[at + like]!;
    }
    for (let at = 0; at < this.#known.length; at += this.#stride - IN_SLOT) {
      this.#known[at + slot] = this.#known[at + like]!;
    }
    return slot;
  }

  /** A column of the span at the cursor. */
  field(column: number): number {
    return this.#spans[(this.leaf * LEAF_MAX + this.index) * this.#stride + column]!;
  }

  /** The sum over all spans. */
  total(column: number): number {
    let total = 0;
    const end = this.#blockCount * this.#stride;
    for (let at = column; at < end; at += this.#stride) total += this.#blocks[at]!;
    return total;
  }

  /** Moves the cursor to before span `index` of a leaf. */
  to(leaf: number, index: number): void {
    this.leaf = leaf;
    this.index = index;
    this.offset = 0;
  }

  /** Moves the cursor to the first span. */
  toStart(): void {
    this.to(this.#children[this.#order[0]! * BLOCK_MAX]!, 0);
  }

  /** Moves the cursor to the start of a span again if it is behind the last one of a leaf. */
  toSpan(): boolean {
    return this.index < this.#leaves[this.leaf * this.#stride]! || this.toNextLeaf();
  }

  /** Moves the cursor to the next span, if there is one. */
  next(): boolean {
    this.to(this.leaf, this.index + 1);
    return this.toSpan();
  }

  /** Moves the cursor to the first span of the next leaf, if there is one. */
  toNextLeaf(): boolean {
    const stride = this.#stride;
    const block = this.#leaves[this.leaf * stride + PARENT]!;
    const next = this.#placeInBlock(this.leaf) + 1;
    if (next < this.#blocks[block * stride]!) {
      this.leaf = this.#children[block * BLOCK_MAX + next]!;
    } else {
      const follower = this.#order[this.#blocks[block * stride + PARENT]! + 1];
      if (follower === undefined) return false;
      this.leaf = this.#children[follower * BLOCK_MAX]!;
    }
    this.index = 0;
    this.offset = 0;
    return this.index < this.#leaves[this.leaf * stride]!;
  }

  /** Moves the cursor to the next span that is known in a slot, from here on, if there is one. */
  toKnown(slot: number): boolean {
    if (!this.toSpan()) return false;
    if (this.#skipUnknown(slot)) return true;
    const stride = this.#stride;
    const slotMax = stride - IN_SLOT;
    let block = this.#leaves[this.leaf * stride + PARENT]!;
    let rank = this.#blocks[block * stride + PARENT]!;
    let child = this.#placeInBlock(this.leaf) + 1;
    for (;;) {
      for (; child < this.#blocks[block * stride]!; child += 1) {
        const leaf = this.#children[block * BLOCK_MAX + child]!;
        if (this.#known[leaf * slotMax + slot] === 0) continue;
        this.to(leaf, 0);
        return this.#skipUnknown(slot);
      }
      rank += 1;
      if (rank === this.#order.length) return false;
      block = this.#order[rank]!;
      child = 0;
    }
  }

  /** Moves the cursor to the next span of its leaf that is known in a slot, if there is one. */
  #skipUnknown(slot: number): boolean {
    const stride = this.#stride;
    const count = this.#leaves[this.leaf * stride]!;
    let at = (this.leaf * LEAF_MAX + this.index) * stride + IN_SLOT + slot;
    while (this.index < count && this.#spans[at] === 0) {
      this.index += 1;
      at += stride;
    }
    return this.index < count;
  }

  /** Moves the cursor to the character number `position` of a column, if there is one. */
  seek(column: number, position: number): boolean {
    const stride = this.#stride;
    const order = this.#order;
    const blocks = this.#blocks;
    let rest = position;
    let lead = 0;
    let rank = 0;
    let at = order[0]! * stride;
    while (rest >= blocks[at + column]!) {
      rest -= blocks[at + column]!;
      lead += blocks[at + NOW]!;
      rank += 1;
      if (rank === order.length) return false;
      at = order[rank]! * stride;
    }
    const children = this.#children;
    const leaves = this.#leaves;
    let child = order[rank]! * BLOCK_MAX;
    at = children[child]! * stride;
    while (rest >= leaves[at + column]!) {
      rest -= leaves[at + column]!;
      lead += leaves[at + NOW]!;
      child += 1;
      at = children[child]! * stride;
    }
    const spans = this.#spans;
    this.leaf = children[child]!;
    let index = 0;
    at *= LEAF_MAX;
    for (; ; index += 1, at += stride) {
      const length = spans[at + LENGTH]!;
      if (spans[at + column] === 1) {
        if (rest < length) break;
        rest -= length;
      }
      if (spans[at + NOW] === 1) lead += length;
    }
    this.index = index;
    this.offset = rest;
    this.#lead = lead;
    return true;
  }

  /** How much of the text as it is now is before the cursor, in the span that was sought last. */
  place(): number {
    return this.field(NOW) === 1 ? this.#lead + this.offset : this.#lead;
  }

  /** Moves the cursor to the character with this id. */
  locate(id: number): void {
    if (id >= UNDERWATER) {
      this.seek(OLD, id - UNDERWATER);
      return;
    }
    const spans = this.#spans;
    const stride = this.#stride;
    this.leaf = this.#leafOf.get(id);
    let at = this.leaf * LEAF_MAX * stride;
    const count = this.#leaves[this.leaf * stride]!;
    let index = 0;
    while (index < count) {
      const offset = id - spans[at]!;
      if (offset >= 0 && offset < spans[at + LENGTH]!) break;
      at += stride;
      index += 1;
    }
    this.index = index;
    this.offset = id - spans[at]!;
  }

  /** How much is before the cursor, by a column. */
  before(column: number): number {
    const stride = this.#stride;
    const spans = this.#spans;
    let at = this.leaf * LEAF_MAX * stride;
    let total = 0;
    for (let index = this.index; index > 0; index -= 1, at += stride) {
      if (spans[at + column] === 1) total += spans[at + LENGTH]!;
    }
    if (this.offset > 0 && spans[at + column] === 1) total += this.offset;
    const leaves = this.#leaves;
    const children = this.#children;
    const block = leaves[this.leaf * stride + PARENT]!;
    for (let child = block * BLOCK_MAX; children[child] !== this.leaf; child += 1) {
      total += leaves[children[child]! * stride + column]!;
    }
    const rank = this.#blocks[block * stride + PARENT]!;
    for (let other = 0; other < rank; other += 1) {
      total += this.#blocks[this.#order[other]! * stride + column]!;
    }
    return total;
  }

  /** Whether character `left` stands before character `right`. Moves the cursor. */
  isBefore(left: number, right: number): boolean {
    this.locate(left);
    const rank = this.#rank();
    this.locate(right);
    const lead = rank - this.#rank();
    return lead === 0 ? left < right : lead < 0;
  }

  /**
   * Puts a new span before the one at the cursor, there in the present and in `slot`. It becomes
   * part of the span before it if it goes on with it.
   */
  insert(id: number, length: number, left: number, right: number, slot: number): void {
    const at = this.#open();
    const spans = this.#spans;
    spans.fill(0, at, at + this.#stride);
    spans[at + ID] = id;
    spans[at + LEFT] = left;
    spans[at + RIGHT] = right;
    spans[at + NOW] = 1;
    spans[at + IN_SLOT + slot] = 1;
    this.lengthen(id, length, slot);
    if (id >= UNDERWATER) {
      spans[at + OLD] = 1;
      this.#add(OLD, length);
    }
    if (this.index > 0) this.#merge(this.index - 1);
  }

  /**
   * Makes the cursor's span longer by `length` characters from `id` on, which its last character is
   * followed by. `slot` is the one that it was inserted in, and nothing was done to it since.
   */
  lengthen(id: number, length: number, slot: number): void {
    const stride = this.#stride;
    const leaf = this.leaf;
    this.#spans[(leaf * LEAF_MAX + this.index) * stride + LENGTH]! += length;
    this.#add(NOW, length);
    this.#add(IN_SLOT + slot, length);
    this.#known[leaf * (stride - IN_SLOT) + slot]! += length;
    if (id < UNDERWATER) this.#leafOf.fill(id, length, leaf);
  }

  /** Makes the character at the cursor the first one of a span. */
  splitHere(): void {
    if (this.offset === 0) return;
    this.#split(this.offset);
    this.index += 1;
    this.offset = 0;
  }

  /**
   * Makes a span of the `length` characters at the cursor at most, as far as the cursor's span
   * goes, and returns how many these are. Follow it by `change` or `remove`.
   */
  isolate(length: number): number {
    this.splitHere();
    const size = this.field(LENGTH);
    if (length >= size) return size;
    this.#split(length);
    return length;
  }

  /** Adds `step` to the state of the cursor's span in a slot, and joins it with its neighbours. */
  change(slot: number, step: number): void {
    this.#shift(IN_SLOT + slot, step);
    this.#mergeAround();
  }

  /** Marks the cursor's span as deleted by an event in `slot`, and joins it with its neighbours. */
  remove(slot: number): void {
    this.#shift(NOW, 1);
    this.change(slot, 1);
  }

  /**
   * Counts one more (`step` 1) or one less (-1) reason why the cursor's span is not in the text
   * now, joins it with its neighbours, and returns whether it is deleted now.
   */
  hide(step: number): boolean {
    this.#shift(NOW, step);
    const { isDeleted } = this;
    this.#mergeAround();
    return isDeleted;
  }

  /** Whether the cursor's span is not in the text now. */
  get isDeleted(): boolean {
    return this.field(NOW) !== 1;
  }

  #mergeAround(): void {
    this.#merge(this.index);
    if (this.index > 0) this.#merge(this.index - 1);
  }

  /** Sets a flag among the `CHILDREN` of the cursor's span. */
  mark(flag: number): void {
    this.#spans[(this.leaf * LEAF_MAX + this.index) * this.#stride + CHILDREN]! |= flag;
  }

  #shift(column: number, step: number): void {
    const stride = this.#stride;
    const at = (this.leaf * LEAF_MAX + this.index) * stride;
    const length = this.#spans[at + LENGTH]!;
    const before = this.#spans[at + column]!;
    const after = before + step;
    this.#spans[at + column] = after;
    if (before === 1) this.#add(column, -length);
    else if (after === 1) this.#add(column, length);
    const known = this.leaf * (stride - IN_SLOT) + column - IN_SLOT;
    if (before === 0) this.#known[known]! += length;
    else if (after === 0) this.#known[known]! -= length;
  }

  /** Adds `size` to a sum of the cursor's leaf and of its block. */
  #add(column: number, size: number): void {
    const stride = this.#stride;
    const leaf = this.leaf * stride;
    this.#leaves[leaf + column]! += size;
    this.#blocks[this.#leaves[leaf + PARENT]! * stride + column]! += size;
  }

  /** The number of the cursor's span among all places for spans. */
  #rank(): number {
    const block = this.#leaves[this.leaf * this.#stride + PARENT]!;
    const rank = this.#blocks[block * this.#stride + PARENT]!;
    return (rank * BLOCK_MAX + this.#placeInBlock(this.leaf)) * LEAF_MAX + this.index;
  }

  #placeInBlock(leaf: number): number {
    const first = this.#leaves[leaf * this.#stride + PARENT]! * BLOCK_MAX;
    let child = first;
    while (this.#children[child] !== leaf) child += 1;
    return child - first;
  }

  /** Makes room for a span at the cursor, and returns where its row begins. */
  #open(): number {
    const stride = this.#stride;
    if (this.#leaves[this.leaf * stride] === LEAF_MAX) this.#splitLeaf();
    const count = this.#leaves[this.leaf * stride]!;
    const at = (this.leaf * LEAF_MAX + this.index) * stride;
    this.#spans.copyWithin(at + stride, at, (this.leaf * LEAF_MAX + count) * stride);
    this.#leaves[this.leaf * stride] = count + 1;
    this.spanCount += 1;
    return at;
  }

  /** Cuts the span of the cursor in two after `length` characters. Sums stay as they are. */
  #split(length: number): void {
    const at = this.#open();
    const next = at + this.#stride;
    const spans = this.#spans;
    spans[at + LENGTH] = length;
    spans[next + ID]! += length;
    spans[next + LENGTH]! -= length;
    spans[next + LEFT] = spans[next + ID]! - 1;
    spans[next + RIGHT] = -1;
    spans[at + CHILDREN]! |= HAS_RIGHT_CHILD;
    spans[next + CHILDREN]! &= ~HAS_LEFT_CHILD;
  }

  /** Joins span `index` of the leaf with the next one if they are as one. */
  #merge(index: number): void {
    const stride = this.#stride;
    const count = this.#leaves[this.leaf * stride]!;
    if (index + 1 >= count) return;
    const spans = this.#spans;
    const at = (this.leaf * LEAF_MAX + index) * stride;
    const next = at + stride;
    if (spans[next + ID] !== spans[at + ID]! + spans[at + LENGTH]!) return;
    if (spans[next + LEFT] !== spans[next + ID]! - 1 || spans[next + RIGHT] !== -1) return;
    for (let column = NOW; column < stride; column += 1) {
      if (spans[at + column] !== spans[next + column]) return;
    }
    spans[at + CHILDREN]! &= ~HAS_RIGHT_CHILD;
    spans[at + CHILDREN]! |= spans[next + CHILDREN]! & HAS_RIGHT_CHILD;
    if (this.index > index) {
      this.offset += this.index === index + 1 ? spans[at + LENGTH]! : 0;
      this.index -= 1;
    }
    spans[at + LENGTH]! += spans[next + LENGTH]!;
    spans.copyWithin(next, next + stride, (this.leaf * LEAF_MAX + count) * stride);
    this.#leaves[this.leaf * stride] = count - 1;
    this.spanCount -= 1;
  }

  /** Moves half of the cursor's leaf to a new one, and the cursor with it if it is there. */
  #splitLeaf(): void {
    const half = LEAF_MAX / 2;
    const fresh = this.#addLeaf();
    const kept = this.leaf;
    const stride = this.#stride;
    const spans = this.#spans;
    const from = (kept * LEAF_MAX + half) * stride;
    spans.copyWithin(fresh * LEAF_MAX * stride, from, from + half * stride);
    this.#leaves[kept * stride] = half;
    this.#leaves[fresh * stride] = half;
    for (let span = 0; span < half; span += 1) this.#moveSums(kept, fresh, span);
    if (this.index >= half) {
      this.leaf = fresh;
      this.index -= half;
    }
  }

  /** Counts a span for the leaf `to`, where it is, and no more for the leaf `from`. */
  #moveSums(from: number, to: number, span: number): void {
    const stride = this.#stride;
    const spans = this.#spans;
    const leaves = this.#leaves;
    const at = (to * LEAF_MAX + span) * stride;
    const length = spans[at + LENGTH]!;
    for (let column = NOW; column < stride; column += 1) {
      const state = spans[at + column]!;
      if (state === 1) {
        leaves[from * stride + column]! -= length;
        leaves[to * stride + column]! += length;
      }
      if (state !== 0 && column >= IN_SLOT) {
        this.#known[from * (stride - IN_SLOT) + column - IN_SLOT]! -= length;
        this.#known[to * (stride - IN_SLOT) + column - IN_SLOT]! += length;
      }
    }
    if (spans[at]! < UNDERWATER) this.#leafOf.fill(spans[at]!, length, to);
  }

  /** A new leaf after the one of the cursor, in its block; without spans. */
  #addLeaf(): number {
    const stride = this.#stride;
    let block = this.#leaves[this.leaf * stride + PARENT]!;
    if (this.#blocks[block * stride] === BLOCK_MAX) {
      this.#splitBlock(block);
      block = this.#leaves[this.leaf * stride + PARENT]!;
    }
    const fresh = this.#leafCount;
    this.#leafCount += 1;
    if (fresh * stride === this.#leaves.length) {
      this.#leaves = regrown(this.#leaves, stride, stride, 2 * fresh);
      this.#spans = regrown(this.#spans, stride, stride, 2 * fresh * LEAF_MAX);
      this.#known = regrown(this.#known, stride - IN_SLOT, stride - IN_SLOT, 2 * fresh);
    }
    const at = block * BLOCK_MAX + this.#placeInBlock(this.leaf) + 1;
    const count = this.#blocks[block * stride]!;
    this.#children.copyWithin(at + 1, at, block * BLOCK_MAX + count);
    this.#children[at] = fresh;
    this.#blocks[block * stride] = count + 1;
    this.#leaves[fresh * stride + PARENT] = block;
    return fresh;
  }

  #splitBlock(block: number): void {
    const stride = this.#stride;
    const half = BLOCK_MAX / 2;
    const fresh = this.#blockCount;
    this.#blockCount += 1;
    if (fresh * stride === this.#blocks.length) {
      this.#blocks = regrown(this.#blocks, stride, stride, 2 * fresh);
      this.#children = regrown(this.#children, BLOCK_MAX, BLOCK_MAX, 2 * fresh);
    }
    this.#blocks[block * stride] = half;
    this.#blocks[fresh * stride] = half;
    for (let at = 0; at < half; at += 1) {
      const leaf = this.#children[block * BLOCK_MAX + half + at]!;
      this.#children[fresh * BLOCK_MAX + at] = leaf;
      this.#leaves[leaf * stride + PARENT] = fresh;
      for (let column = NOW; column < stride; column += 1) {
        this.#blocks[fresh * stride + column]! += this.#leaves[leaf * stride + column]!;
        this.#blocks[block * stride + column]! -= this.#leaves[leaf * stride + column]!;
      }
    }
    this.#order.splice(this.#blocks[block * stride + PARENT]! + 1, 0, fresh);
    for (let rank = 0; rank < this.#order.length; rank += 1) {
      this.#blocks[this.#order[rank]! * stride + PARENT] = rank;
    }
  }
}
