/*
 * Which fields of an operation mean something, and what: the one table that writing, reading,
 * comparing and hashing go by, so that a new kind is a new row.
 *
 * A field that names an event is a local version in the log and an id in bytes.
 */

import {
  COUNTER_ADD,
  ENSURE,
  LIST_DELETE,
  LIST_INSERT,
  LIST_MOVE,
  LIST_NEST,
  LIST_PUT,
  MAP_DELETE,
  MAP_PUT,
  MARK,
  REVOKE,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
  TREE_MOVE,
} from '../log/operation-kind.ts';

/** `a` and `b` are numbers. */
export const HAS_NUMBERS = 2;
/** `a` is an event or a negative number. */
export const HAS_A = 4;
/** `b` is one. */
export const HAS_B = 8;
/** `c` is one. */
export const HAS_C = 16;
/** There is a value. */
export const HAS_VALUE = 32;
/** One for each event of the run. */
export const HAS_VALUES = 64;
/** A run may have more than one event. */
export const IS_RUN = 128;

/** The value is a key, or an array of a key and what it gets. */
export const HAS_KEY = 256;

const shapes: readonly number[] = /* @__PURE__ */ makeShapes();

function makeShapes(): number[] {
  const result: number[] = [];
  result[TEXT_INSERT] = IS_RUN;
  result[TEXT_DELETE] = IS_RUN;
  result[TEXT_DELETE_BACKWARD] = IS_RUN;
  result[MARK] = HAS_NUMBERS | HAS_VALUE;
  result[MAP_PUT] = HAS_KEY | HAS_VALUE;
  result[MAP_DELETE] = HAS_KEY | HAS_VALUE;
  result[ENSURE] = HAS_KEY | HAS_VALUE;
  result[LIST_INSERT] = HAS_A | HAS_B | HAS_VALUES | IS_RUN;
  result[LIST_DELETE] = HAS_A | IS_RUN;
  result[LIST_MOVE] = HAS_A | HAS_B | HAS_C;
  result[LIST_PUT] = HAS_A | HAS_VALUE;
  result[COUNTER_ADD] = HAS_VALUE;
  result[TREE_MOVE] = HAS_A | HAS_B | HAS_C;
  result[REVOKE] = HAS_A | HAS_B | IS_RUN;
  result[LIST_NEST] = result[LIST_INSERT];
  return result;
}

/** The flags of a kind of operation; 0 if there is no such kind. */
export function shapeOf(kind: number): number {
  return shapes[kind] ?? 0;
}
