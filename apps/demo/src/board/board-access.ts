/** Boards as clients may ask for them, wherever they are kept. */
import type { NodeId, Unsubscribe } from '@quorate/transport';

import type { BoardAnswer, BoardCommand } from './board-messages.ts';

/** What a client gets: an owner's answer, or why there is none. */
export type BoardOutcome =
  | (BoardAnswer & { readonly owner: NodeId })
  /** Nothing happened. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  /** It may have happened, or may still happen. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** What those who watch a board are told. */
export interface BoardNews {
  readonly updates: readonly string[];
  readonly version: string;
}

/** All boards. */
export interface BoardAccess {
  /** Has one of the owners carry out `command`. Never rejects. */
  ask(boardId: string, command: BoardCommand): Promise<BoardOutcome>;
  /** Whether it is known here that a board was deleted. */
  isDeleted(boardId: string): boolean;
  /**
   * Tells of a board as it changes, beginning with what the holder of version `since` lacks.
   *
   * @param end - Called once the board is known to be deleted: nothing more comes.
   * @returns Ends it.
   * @throws CrdtsError if `since` is no version of the board.
   */
  watch(
    boardId: string,
    since: string,
    send: (news: BoardNews) => void,
    end: () => void,
  ): Unsubscribe;
}

/** Which boards there are anywhere, as far as this node has been told. */
export interface KnownBoards {
  /** Whether a board may exist. */
  readonly mayExist: (boardId: string) => boolean;
  /** A board that might have existed does not. */
  readonly noteMissing: () => void;
}
