/*
 * Lists as states: queues, stacks and logs. Each state of a search differs from the one before by
 * an item, and a search remembers all of them; as arrays, n states of up to n items would take n²
 * places. So a list is a chain from its last item to its first, and lists share what they begin
 * with: to append makes one link, and so does nothing else.
 *
 *     a ◀── b ◀── c ◀── d        [a b c d]; its last link is d
 *           ▲
 *           └──── e              [a b e] shares a and b with it
 *
 * A chain alone would have to be walked to reach an item in the middle. So each link has a jump
 * besides, to a link further down: as far as the last two jumps together if they are equally long,
 * else just to the one before. From any link, any other is then reached in O(log n) steps.
 *
 * Source: E. Myers, "An applicative random-access stack", Information Processing Letters 1983.
 */

import { structuralHash } from '../structural.ts';
import type { Scalar } from './register.ts';

/** A list that shares with others what they begin with. A value: nothing ever changes it. */
export interface Sequence<Item> {
  readonly length: number;
  /** Of all items. */
  readonly hash: number;
  /** The last item; `undefined` in the empty list only, as is all that follows. */
  readonly item: Item | undefined;
  /** The list without its last item. */
  readonly before: Sequence<Item> | undefined;
  /** A list that this one begins with. */
  readonly jump: Sequence<Item> | undefined;
}

/** What a list takes that was made of another by `append`, in bytes and rather too much. */
export const APPENDED_BYTES = 112;

/** Odd, so that no bit of a hash is lost. */
const HASH_BASE = 0x2c1b_3c6d;

const EMPTY: Sequence<never> = {
  length: 0,
  hash: 0,
  item: undefined,
  before: undefined,
  jump: undefined,
};

/** The list without items. */
export function emptySequence<Item>(): Sequence<Item> {
  return EMPTY;
}

/** `list` and `item` behind it. O(1). */
export function append<Item extends Scalar>(list: Sequence<Item>, item: Item): Sequence<Item> {
  const { length, jump } = list;
  const further = jump?.jump;
  const isTwoAlike =
    jump !== undefined &&
    further !== undefined &&
    length - jump.length === jump.length - further.length;
  return {
    length: length + 1,
    hash: (Math.imul(list.hash, HASH_BASE) + structuralHash(item)) | 0,
    item,
    before: list,
    jump: isTwoAlike ? further : list,
  };
}

/** The first `length` items of `list`; all if there are fewer. O(log n). */
export function beginningOf<Item>(list: Sequence<Item>, length: number): Sequence<Item> {
  let at = list;
  while (at.length > length) {
    const { before, jump } = at;
    if (jump === undefined || before === undefined) break;
    at = jump.length >= length ? jump : before;
  }
  return at;
}

/** The items from number `from` on, counted from 0. */
export function itemsOf<Item>(list: Sequence<Item>, from = 0): readonly Item[] {
  const items: Item[] = [];
  for (let at = list; at.length > from && at.before !== undefined; at = at.before) {
    if (at.item !== undefined) items.push(at.item);
  }
  return items.reverse();
}

/** Whether the last `count` items of both are the same. Ends early where they share the rest. */
export function endsAlike<Item>(
  left: Sequence<Item>,
  right: Sequence<Item>,
  count: number,
): boolean {
  let [one, other] = [left, right];
  for (let seen = 0; seen < count && one !== other; seen += 1) {
    if (!Object.is(one.item, other.item)) return false;
    if (one.before === undefined || other.before === undefined) return false;
    one = one.before;
    other = other.before;
  }
  return true;
}

/** Whether both hold the same items. */
export function sameSequence<Item>(left: Sequence<Item>, right: Sequence<Item>): boolean {
  return left.length === right.length && endsAlike(left, right, left.length);
}

/** The hash of what is left of `list` without its beginning `taken`. O(log n). */
export function hashWithout<Item>(list: Sequence<Item>, taken: Sequence<Item>): number {
  let power = 1;
  let base = HASH_BASE;
  for (let left = list.length - taken.length; left > 0; left >>>= 1) {
    if ((left & 1) === 1) power = Math.imul(power, base);
    base = Math.imul(base, base);
  }
  return (list.hash - Math.imul(taken.hash, power)) | 0;
}
