/*
 * What an operation does, as the number that the log and the bytes hold. The comments name the
 * fields of a row of the log: `a`, `b`, `c` and `value`. Operations on text are positions in the
 * version of the event's parents; all others name elements by the event that made them.
 */

/** `a` position of the first character, `b` where its text starts among the inserted text. */
export const TEXT_INSERT = 1;
/** `a` position; the characters of the run are deleted there one after the other. */
export const TEXT_DELETE = 2;
/** `a` position of the first character deleted, the next one is before it: Backspace. */
export const TEXT_DELETE_BACKWARD = 3;
/** `a` and `b` first and last position, `value` is what is marked and how it grows. */
export const MARK = 4;
/** `value` is a pair of key and value. */
export const MAP_PUT = 5;
/** `value` is the key. */
export const MAP_DELETE = 6;
/** `value` is a pair of a key and the type of the container that it holds. */
export const ENSURE = 7;
/** `a` and `b` left and right origin, -1 for the ends; `value` the first of the run's values. */
export const LIST_INSERT = 8;
/** `a` first of consecutive elements. */
export const LIST_DELETE = 9;
/** `a` element, `b` and `c` the origins of its new place. */
export const LIST_MOVE = 10;
/** `a` element, `value` what it holds now. */
export const LIST_PUT = 11;
/** `value` a safe integer, added. */
export const COUNTER_ADD = 12;
/**
 * Below the container, which is the tree or a node of it: `a` node or -1 for a new one, `b` and `c`
 * the origins of its new place; `b` is -2 for the trash.
 */
export const TREE_MOVE = 13;
/**
 * `a` first of consecutive events that no longer count; `b` is `IN_TEXT` if these are edits of the
 * text that is the container, or revocations of such.
 */
export const REVOKE = 14;
/** As the field `b` of `REVOKE`. */
export const IN_TEXT = -2;
/** As `LIST_INSERT`, but each element is a container, and each value the type of one. */
export const LIST_NEST = 15;

/** Whether each element of a run is the left origin of the next one. */
export function isListInsertion(kind: number): boolean {
  return kind === LIST_INSERT || kind === LIST_NEST;
}

/** Whether the events of a run name, by `a`, events that follow each other. */
export function namesConsecutive(kind: number): boolean {
  return kind === LIST_DELETE || kind === REVOKE;
}

/** What the event did is forgotten; `a` is where it left the cursor of its replica. */
export const TRIMMED = 16;
