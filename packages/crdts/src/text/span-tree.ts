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

/** Field of a span: the id of its first character; the others follow. */
export const ID = 0;
/** Field of a span: how many characters it has. */
export const LENGTH = 1;
/** Field of a span: the left origin of its first character; of others, the one before them. */
export const LEFT = 2;
/** Field of a span: the right parent of its first character, or -1; others have none. */
export const RIGHT = 3;
/** Field of a span: a sum of `DELETED`, `HAS_LEFT_CHILD` and `HAS_RIGHT_CHILD`. */
export const FLAGS = 4;
/** Field of a span: state in slot 0; 0 not inserted yet, 1 there, and 1 more by each deletion. */
export const STATE = 5;

/** The flag of a span that is not in the text now. */
export const DELETED = 1;
/** The flag of a span whose first character has left children. */
export const HAS_LEFT_CHILD = 2;
/** The flag of a span whose last character has right children. */
export const HAS_RIGHT_CHILD = 4;

/** The sum of what is visible now. */
export const NOW = 0;
/** The sum of what is visible in slot 0. */
export const IN_SLOT = 1;
const OLD = IN_SLOT + SLOT_COUNT;
const KNOWN = OLD + 1;
const SUM_COUNT = KNOWN + SLOT_COUNT;

/** Fields of a span in all; a power of two. */
const SPAN = 8;
const LEAF_MAX = 32;
const BLOCK_MAX = 64;
/** Fields of a leaf or block: how many it has, its block or rank, its sums. */
const COUNT = 0;
const PARENT = 1;
const SUMS = 2;
const GROUP = SUMS + SUM_COUNT;

/** A span counts for a sum if this field of it ... */
function fieldOf(sum: number): number {
  return sum === NOW ? FLAGS : sum === OLD ? ID : STATE + sum - IN_SLOT;
}

/** ... in these bits ... */
function maskOf(sum: number): number {
  return sum === NOW ? DELETED : sum === OLD ? UNDERWATER : -1;
}

/** ... has this value. The sums of what is known are not among these. */
function wantedOf(sum: number): number {
  return sum === NOW ? 0 : sum === OLD ? UNDERWATER : 1;
}

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
  #spans = new Int32Array(0);
  #leaves = new Int32Array(0);
  #leafCount = 0;
  #blocks = new Int32Array(0);
  #children = new Int32Array(0);
  #blockCount = 0;
  readonly #order: number[] = [0];
  readonly #leafOf = new EventTable();
  #spanCount = 0;

  /** @param length - How many characters are there from the beginning, with underwater ids. */
  constructor(length: number) {
    // Written a second time at once: a compiler takes what was written once for a constant, and
    // would have to begin anew when the tree grows.
    this.#spans = new Int32Array(LEAF_MAX * SPAN);
    this.#leaves = new Int32Array(GROUP);
    this.#leafCount = 1;
    this.#blocks = new Int32Array(GROUP);
    this.#children = new Int32Array(BLOCK_MAX);
    this.#blockCount = 1;
    this.#blocks[COUNT] = 1;
    if (length > 0) this.insert(UNDERWATER, length, -1, -1, -1);
  }

  /** How many spans there are. */
  get spanCount(): number {
    return this.#spanCount;
  }

  /** A field of the span at the cursor. */
  field(field: number): number {
    return this.#spans[(this.leaf * LEAF_MAX + this.index) * SPAN + field]!;
  }

  /** The sum over all spans. */
  total(sum: number): number {
    let total = 0;
    for (const block of this.#order) total += this.#blocks[block * GROUP + SUMS + sum]!;
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
    if (this.index < this.#leaves[this.leaf * GROUP]!) return true;
    const block = this.#leaves[this.leaf * GROUP + PARENT]!;
    const next = this.#placeInBlock(this.leaf) + 1;
    if (next < this.#blocks[block * GROUP]!) {
      this.leaf = this.#children[block * BLOCK_MAX + next]!;
    } else {
      const follower = this.#order[this.#blocks[block * GROUP + PARENT]! + 1];
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

  /** Moves the cursor to the first span of the next leaf, if there is one. */
  toNextLeaf(): boolean {
    this.index = this.#leaves[this.leaf * GROUP]!;
    return this.toSpan();
  }

  /** Moves the cursor to the next span that is known in a slot, from here on, if there is one. */
  toKnown(slot: number): boolean {
    if (!this.toSpan()) return false;
    if (this.#skipUnknown(slot)) return true;
    const column = SUMS + KNOWN + slot;
    const block = this.#leaves[this.leaf * GROUP + PARENT]!;
    let at = block * BLOCK_MAX + this.#placeInBlock(this.leaf) + 1;
    const end = block * BLOCK_MAX + this.#blocks[block * GROUP]!;
    while (at < end && this.#leaves[this.#children[at]! * GROUP + column] === 0) at += 1;
    if (at === end) {
      let rank = this.#blocks[block * GROUP + PARENT]! + 1;
      const count = this.#order.length;
      while (rank < count && this.#blocks[this.#order[rank]! * GROUP + column] === 0) rank += 1;
      if (rank === count) return false;
      at = this.#order[rank]! * BLOCK_MAX;
      while (this.#leaves[this.#children[at]! * GROUP + column] === 0) at += 1;
    }
    this.leaf = this.#children[at]!;
    this.index = 0;
    return this.#skipUnknown(slot);
  }

  /** Moves the cursor to the character number `position` that counts for a sum, if there is one. */
  seek(sum: number, position: number): boolean {
    const column = SUMS + sum;
    const order = this.#order;
    const blocks = this.#blocks;
    let rest = position;
    let rank = 0;
    let size = blocks[order[0]! * GROUP + column]!;
    while (rest >= size) {
      rest -= size;
      rank += 1;
      if (rank === order.length) return false;
      size = blocks[order[rank]! * GROUP + column]!;
    }
    const children = this.#children;
    const leaves = this.#leaves;
    let child = order[rank]! * BLOCK_MAX;
    size = leaves[children[child]! * GROUP + column]!;
    while (rest >= size) {
      rest -= size;
      child += 1;
      size = leaves[children[child]! * GROUP + column]!;
    }
    this.leaf = children[child]!;
    const spans = this.#spans;
    const field = fieldOf(sum);
    const mask = maskOf(sum);
    const wanted = wantedOf(sum);
    let at = this.leaf * LEAF_MAX * SPAN;
    this.index = 0;
    while ((spans[at + field]! & mask) !== wanted || rest >= spans[at + LENGTH]!) {
      if ((spans[at + field]! & mask) === wanted) rest -= spans[at + LENGTH]!;
      at += SPAN;
      this.index += 1;
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
    let at = this.leaf * LEAF_MAX * SPAN;
    const end = at + SPAN * this.#leaves[this.leaf * GROUP]!;
    while (at < end) {
      const offset = id - this.#spans[at]!;
      if (offset >= 0 && offset < this.#spans[at + LENGTH]!) break;
      at += SPAN;
    }
    this.index = at / SPAN - this.leaf * LEAF_MAX;
    this.offset = id - this.#spans[at]!;
  }

  /** How much is before the cursor, by a sum. */
  before(sum: number): number {
    const spans = this.#spans;
    const field = fieldOf(sum);
    const mask = maskOf(sum);
    const wanted = wantedOf(sum);
    let at = this.leaf * LEAF_MAX * SPAN;
    const end = at + SPAN * this.index;
    let total = 0;
    for (; at < end; at += SPAN) {
      if ((spans[at + field]! & mask) === wanted) total += spans[at + LENGTH]!;
    }
    if (this.offset > 0 && (spans[at + field]! & mask) === wanted) total += this.offset;
    const column = SUMS + sum;
    const leaves = this.#leaves;
    const children = this.#children;
    const block = leaves[this.leaf * GROUP + PARENT]!;
    for (let child = block * BLOCK_MAX; children[child] !== this.leaf; child += 1) {
      total += leaves[children[child]! * GROUP + column]!;
    }
    const blocks = this.#blocks;
    const order = this.#order;
    const rank = blocks[block * GROUP + PARENT]!;
    for (let other = 0; other < rank; other += 1) total += blocks[order[other]! * GROUP + column]!;
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
   * Puts a new span before the one at the cursor, there in the present and in `slot`, or in all
   * slots if `slot` is -1. It becomes part of the span before it if it goes on with it.
   */
  insert(id: number, length: number, left: number, right: number, slot: number): void {
    if (this.#leaves[this.leaf * GROUP] === LEAF_MAX) this.#splitLeaf();
    const at = (this.leaf * LEAF_MAX + this.index) * SPAN;
    const spans = this.#spans;
    this.#openSlot(at);
    spans[at + ID] = id;
    spans[at + LENGTH] = length;
    spans[at + LEFT] = left;
    spans[at + RIGHT] = right;
    spans[at + FLAGS] = 0;
    for (let other = 0; other < SLOT_COUNT; other += 1) {
      spans[at + STATE + other] = slot < 0 || slot === other ? 1 : 0;
    }
    this.#count(id, length, slot);
    if (id >= UNDERWATER) this.#add(OLD, length);
    if (this.index > 0) this.#merge(this.index - 1);
  }

  /**
   * Makes the cursor's span longer by `length` characters from `id` on, which its last character is
   * followed by. `slot` is the one that it was inserted in, and nothing was done to it since.
   */
  lengthen(id: number, length: number, slot: number): void {
    this.#spans[(this.leaf * LEAF_MAX + this.index) * SPAN + LENGTH]! += length;
    this.#count(id, length, slot);
  }

  /** Counts new characters of the cursor's span. */
  #count(id: number, length: number, slot: number): void {
    const leaves = this.#leaves;
    const blocks = this.#blocks;
    const leaf = this.leaf * GROUP + SUMS;
    const block = leaves[this.leaf * GROUP + PARENT]! * GROUP + SUMS;
    leaves[leaf + NOW]! += length;
    blocks[block + NOW]! += length;
    const end = slot < 0 ? SLOT_COUNT : Math.min(slot + 1, SLOT_COUNT);
    for (let other = Math.max(slot, 0); other < end; other += 1) {
      leaves[leaf + IN_SLOT + other]! += length;
      leaves[leaf + KNOWN + other]! += length;
      blocks[block + IN_SLOT + other]! += length;
      blocks[block + KNOWN + other]! += length;
    }
    if (id < UNDERWATER) this.#leafOf.fill(id, length, this.leaf);
  }

  /** Makes the character at the cursor the first one of a span. */
  splitHere(): void {
    if (this.offset === 0) return;
    if (this.#leaves[this.leaf * GROUP] === LEAF_MAX) this.#splitLeaf();
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
    if (this.#leaves[this.leaf * GROUP] === LEAF_MAX) this.#splitLeaf();
    const size = Math.min(length, this.field(LENGTH));
    if (size < this.field(LENGTH)) this.#split(size);
    return size;
  }

  /** Adds `step` to the state of the cursor's span in a slot, and joins it with its neighbours. */
  change(slot: number, step: number): void {
    this.#changeState(slot, step);
    this.#mergeAround();
  }

  /** Marks the cursor's span as deleted by an event in `slot`, and joins it with its neighbours. */
  remove(slot: number): void {
    const flags = this.field(FLAGS);
    if ((flags & DELETED) === 0) {
      this.mark(DELETED);
      this.#add(NOW, -this.field(LENGTH));
    }
    this.#changeState(slot, 1);
    this.#mergeAround();
  }

  /** Moves the cursor to the next span of its leaf that is known in a slot, if there is one. */
  #skipUnknown(slot: number): boolean {
    const count = this.#leaves[this.leaf * GROUP]!;
    while (this.index < count && this.field(STATE + slot) === 0) this.index += 1;
    return this.index < count;
  }

  /** Sets a flag of the cursor's span. */
  mark(flag: number): void {
    this.#spans[(this.leaf * LEAF_MAX + this.index) * SPAN + FLAGS]! |= flag;
  }

  #changeState(slot: number, step: number): void {
    const at = (this.leaf * LEAF_MAX + this.index) * SPAN;
    const length = this.#spans[at + LENGTH]!;
    const before = this.#spans[at + STATE + slot]!;
    const after = before + step;
    this.#spans[at + STATE + slot] = after;
    if (before === 1 || after === 1) this.#add(IN_SLOT + slot, after === 1 ? length : -length);
    if (before === 0 || after === 0) this.#add(KNOWN + slot, after === 0 ? -length : length);
  }

  /** Adds `size` to a sum of the cursor's leaf and of its block. */
  #add(sum: number, size: number): void {
    const leaf = this.leaf * GROUP;
    this.#leaves[leaf + SUMS + sum]! += size;
    this.#blocks[this.#leaves[leaf + PARENT]! * GROUP + SUMS + sum]! += size;
  }

  /** The number of the cursor's span among all places for spans. */
  #place(): number {
    const block = this.#leaves[this.leaf * GROUP + PARENT]!;
    const rank = this.#blocks[block * GROUP + PARENT]!;
    return (rank * BLOCK_MAX + this.#placeInBlock(this.leaf)) * LEAF_MAX + this.index;
  }

  #placeInBlock(leaf: number): number {
    const first = this.#leaves[leaf * GROUP + PARENT]! * BLOCK_MAX;
    let child = first;
    while (this.#children[child] !== leaf) child += 1;
    return child - first;
  }

  /** Makes room for a span at `at`, in the leaf of the cursor. */
  #openSlot(at: number): void {
    const count = this.#leaves[this.leaf * GROUP]!;
    this.#spans.copyWithin(at + SPAN, at, (this.leaf * LEAF_MAX + count) * SPAN);
    this.#leaves[this.leaf * GROUP] = count + 1;
    this.#spanCount += 1;
  }

  /** Cuts the span of the cursor in two after `length` characters. Sums stay as they are. */
  #split(length: number): void {
    const at = (this.leaf * LEAF_MAX + this.index) * SPAN;
    this.#openSlot(at);
    const spans = this.#spans;
    spans[at + LENGTH] = length;
    spans[at + SPAN + ID]! += length;
    spans[at + SPAN + LENGTH]! -= length;
    spans[at + SPAN + LEFT] = spans[at + SPAN + ID]! - 1;
    spans[at + SPAN + RIGHT] = -1;
    spans[at + FLAGS]! |= HAS_RIGHT_CHILD;
    spans[at + SPAN + FLAGS]! &= ~HAS_LEFT_CHILD;
  }

  #mergeAround(): void {
    this.#merge(this.index);
    if (this.index > 0) this.#merge(this.index - 1);
  }

  /** Joins span `index` of the leaf with the next one if they are as one. */
  #merge(index: number): void {
    const count = this.#leaves[this.leaf * GROUP]!;
    if (index < 0 || index + 1 >= count) return;
    const spans = this.#spans;
    const at = (this.leaf * LEAF_MAX + index) * SPAN;
    const next = at + SPAN;
    if (spans[next + ID] !== spans[at + ID]! + spans[at + LENGTH]!) return;
    if (spans[next + LEFT] !== spans[next + ID]! - 1 || spans[next + RIGHT] !== -1) return;
    const flags = spans[at + FLAGS]!;
    const nextFlags = spans[next + FLAGS]!;
    if (((flags ^ nextFlags) & DELETED) !== 0) return;
    for (let field = STATE; field < STATE + SLOT_COUNT; field += 1) {
      if (spans[at + field] !== spans[next + field]) return;
    }
    spans[at + FLAGS] = (flags & ~HAS_RIGHT_CHILD) | (nextFlags & HAS_RIGHT_CHILD);
    if (this.index > index) {
      this.offset += this.index === index + 1 ? spans[at + LENGTH]! : 0;
      this.index -= 1;
    }
    spans[at + LENGTH]! += spans[next + LENGTH]!;
    spans.copyWithin(next, next + SPAN, (this.leaf * LEAF_MAX + count) * SPAN);
    this.#leaves[this.leaf * GROUP] = count - 1;
    this.#spanCount -= 1;
  }

  /** Moves half of the cursor's leaf to a new one, and the cursor with it if it is there. */
  #splitLeaf(): void {
    const half = LEAF_MAX / 2;
    const fresh = this.#addLeaf();
    const kept = this.leaf;
    const from = (kept * LEAF_MAX + half) * SPAN;
    const to = fresh * LEAF_MAX * SPAN;
    const spans = this.#spans;
    const leaves = this.#leaves;
    spans.copyWithin(to, from, from + half * SPAN);
    leaves[kept * GROUP] = half;
    leaves[fresh * GROUP] = half;
    const sums = fresh * GROUP + SUMS;
    leaves.fill(0, sums, sums + SUM_COUNT);
    for (let at = to; at < to + half * SPAN; at += SPAN) {
      const length = spans[at + LENGTH]!;
      if ((spans[at + FLAGS]! & DELETED) === 0) leaves[sums + NOW]! += length;
      for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
        const state = spans[at + STATE + slot]!;
        if (state === 1) leaves[sums + IN_SLOT + slot]! += length;
        if (state !== 0) leaves[sums + KNOWN + slot]! += length;
      }
      if (spans[at]! >= UNDERWATER) leaves[sums + OLD]! += length;
      else this.#leafOf.fill(spans[at]!, length, fresh);
    }
    for (let sum = 0; sum < SUM_COUNT; sum += 1) {
      leaves[kept * GROUP + SUMS + sum]! -= leaves[sums + sum]!;
    }
    if (this.index >= half) {
      this.leaf = fresh;
      this.index -= half;
    }
  }

  /** A new leaf after the one of the cursor, in its block; without spans. */
  #addLeaf(): number {
    let block = this.#leaves[this.leaf * GROUP + PARENT]!;
    if (this.#blocks[block * GROUP] === BLOCK_MAX) {
      this.#splitBlock(block);
      block = this.#leaves[this.leaf * GROUP + PARENT]!;
    }
    const fresh = this.#leafCount;
    this.#leafCount += 1;
    if (GROUP * fresh === this.#leaves.length) {
      this.#leaves = doubled(this.#leaves);
      this.#spans = doubled(this.#spans);
    }
    const at = block * BLOCK_MAX + this.#placeInBlock(this.leaf) + 1;
    const count = this.#blocks[block * GROUP]!;
    this.#children.copyWithin(at + 1, at, block * BLOCK_MAX + count);
    this.#children[at] = fresh;
    this.#blocks[block * GROUP] = count + 1;
    this.#leaves[fresh * GROUP + PARENT] = block;
    return fresh;
  }

  #splitBlock(block: number): void {
    const half = BLOCK_MAX / 2;
    const fresh = this.#blockCount;
    this.#blockCount += 1;
    if (GROUP * fresh === this.#blocks.length) {
      this.#blocks = doubled(this.#blocks);
      this.#children = doubled(this.#children);
    }
    this.#blocks[block * GROUP] = half;
    this.#blocks[fresh * GROUP] = half;
    for (let at = 0; at < half; at += 1) {
      const leaf = this.#children[block * BLOCK_MAX + half + at]!;
      this.#children[fresh * BLOCK_MAX + at] = leaf;
      this.#leaves[leaf * GROUP + PARENT] = fresh;
      for (let sum = SUMS; sum < SUMS + SUM_COUNT; sum += 1) {
        this.#blocks[fresh * GROUP + sum]! += this.#leaves[leaf * GROUP + sum]!;
        this.#blocks[block * GROUP + sum]! -= this.#leaves[leaf * GROUP + sum]!;
      }
    }
    this.#order.splice(this.#blocks[block * GROUP + PARENT]! + 1, 0, fresh);
    for (let rank = 0; rank < this.#order.length; rank += 1) {
      this.#blocks[this.#order[rank]! * GROUP + PARENT] = rank;
    }
  }
}
