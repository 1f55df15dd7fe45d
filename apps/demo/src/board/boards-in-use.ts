import type { Clock, Timer } from '@quorate/transport';

import type { RestingBoard } from './resting-board.ts';

/** So many boards of a node may be open; whoever edits more than that at a time waits for each. */
export const OPEN_MAX = 16;
/** How soon the others are closed, in ms: in a turn of its own, when nobody is using any. */
const REST_MS = 20;

/** Lets all boards rest but those that were used last. */
export class BoardsInUse {
  readonly #clock: Clock;
  /** The open ones, the one used last at the end. */
  readonly #open = new Set<RestingBoard>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** A board is used now. */
  readonly note = (board: RestingBoard): void => {
    this.#open.delete(board);
    this.#open.add(board);
    if (this.#open.size <= OPEN_MAX) return;
    this.#timer ??= this.#clock.setTimer(REST_MS, () => {
      this.#timer = undefined;
      this.#letRest();
    });
  };

  /** A board is given up. */
  forget(board: RestingBoard): void {
    this.#open.delete(board);
  }

  close(): void {
    this.#timer?.cancel();
  }

  #letRest(): void {
    for (const board of this.#open) {
      if (this.#open.size <= OPEN_MAX) return;
      board.rest();
      this.#open.delete(board);
    }
  }
}
