/*
 * A place in a text that stays with its characters while others edit.
 *
 * A number does not: as soon as somebody types before it, it points elsewhere. A cursor names the
 * character beside it instead, by the id of the event that typed it. Where that character is now,
 * the cursor is; and if it was deleted, where it would be, which is between those that are left.
 * Which neighbour is named decides what happens to text that comes in at the very place: a cursor
 * after a character stays there and the text comes after it; one before a character is pushed on.
 *
 *   a b|c d     after "b":   a b|X c d          before "c":   a b X|c d
 */
import type { ReplicaId } from '../replica-id.ts';
import { ID, NOW, UNDERWATER } from './span-tree.ts';
import type { TextState } from './text-state.ts';

/** Which neighbour a cursor stays with: `after` the one on its left, or `before` the other. */
export type CursorSide = 'before' | 'after';

/** A place in a text, as plain data that can be sent and stored. */
export interface TextCursor {
  readonly side: CursorSide;
  /**
   * The replica that typed the character; null for none: `after` no character is the start of the
   * text, `before` none its end; an empty string for a character whose history was trimmed.
   */
  readonly replicaId: ReplicaId | null;
  /** The event that typed it, among those of the replica; the position in trimmed text. */
  readonly sequence: number;
}

/**
 * The cursor at a position.
 *
 * @throws RangeError if `position` lies outside of the text or inside a surrogate pair.
 */
export function cursorIn(state: TextState, position: number, side: CursorSide): TextCursor {
  state.checkPosition('position', position);
  const at = side === 'after' ? position - 1 : position;
  const { tree } = state.trackerOfAll();
  if (!(at >= 0 && tree.seek(NOW, at))) return { side, replicaId: null, sequence: 0 };
  const lv = tree.field(ID) + tree.offset;
  if (lv >= UNDERWATER) return { side, replicaId: '', sequence: lv - UNDERWATER };
  const { graph } = state;
  return {
    side,
    replicaId: graph.replicaId(graph.replicaOf(lv)),
    sequence: graph.sequenceOf(lv),
  };
}

/**
 * The position of a cursor in the text as it is now.
 *
 * @returns -1 if its character has not arrived here yet, or is none of this text.
 */
export function positionIn(state: TextState, cursor: TextCursor): number {
  const { side, replicaId, sequence } = cursor;
  if (replicaId === null) return side === 'after' ? 0 : state.length;
  const tracker = state.trackerOfAll();
  const lv =
    replicaId === ''
      ? underwaterId(state, sequence)
      : state.graph.lvOf(state.graph.indexOfReplica(replicaId), sequence);
  if (lv < 0 || !tracker.hasCharacter(lv)) return -1;
  const { tree } = tracker;
  tree.locate(lv);
  return tree.before(NOW) + (side === 'after' && !tree.isDeleted ? 1 : 0);
}

function underwaterId(state: TextState, sequence: number): number {
  return sequence >= 0 && sequence < state.initialText.length ? UNDERWATER + sequence : -1;
}
