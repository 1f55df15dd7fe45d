/**
 * A board that takes memory only while somebody uses it.
 *
 * A document that is open takes some twenty times what its bytes take, and of the boards that a
 * node keeps few are edited at a time. So one that nobody uses rests as bytes, and its version
 * beside them, which is all that other nodes ask of a board that has not changed. Whatever needs
 * more wakes it, at once and as if it had never slept: it goes on under the id that it had.
 */
import type { ApplyOutcome } from '@quorate/crdts';
import type { DocumentChange } from '@quorate/crdts/document';
import type { LoadableReplica } from '@quorate/crdts/persistence';

import { type Board, wakeBoard } from './board.ts';
import { Requests } from './requests.ts';

interface Awake {
  readonly board: Board;
  requests: Requests | undefined;
}

interface Asleep {
  readonly bytes: Uint8Array;
  readonly version: Uint8Array;
  readonly waitingCount: number;
}

/** A board, open or at rest. */
export class RestingBoard implements LoadableReplica {
  readonly #replicaId: string;
  readonly #onUse: (board: RestingBoard) => void;
  readonly #updateListeners = new Set<(update: Uint8Array) => void>();
  readonly #changeListeners = new Set<(change: DocumentChange) => void>();
  #state: Awake | Asleep;
  #isTended = false;

  /**
   * @param board - Nobody else may keep it.
   * @param onUse - Called whenever it is used: it is open afterwards.
   */
  constructor(board: Board, onUse: (board: RestingBoard) => void) {
    this.#replicaId = board.replicaId;
    this.#onUse = onUse;
    this.#state = this.#begin(board);
  }

  /** Whether it takes memory. */
  get isOpen(): boolean {
    return 'board' in this.#state;
  }

  /** The document, to be used before this turn of the event loop ends, and not to be kept. */
  get board(): Board {
    return this.#wake().board;
  }

  /** What was asked of it; not to be kept either. */
  get requests(): Requests {
    const awake = this.#wake();
    awake.requests ??= new Requests(awake.board);
    return awake.requests;
  }

  get waitingCount(): number {
    const state = this.#state;
    return 'board' in state ? state.board.waitingCount : state.waitingCount;
  }

  /** Sees to it from now on that what was asked counts once. To be called once edits are kept. */
  tend(): void {
    this.#isTended = true;
    if ('board' in this.#state) this.#state.requests ??= new Requests(this.#state.board);
  }

  /** Closes the document until it is used the next time. */
  rest(): void {
    if (!('board' in this.#state)) return;
    const { board } = this.#state;
    const [bytes, version] = [board.save(), board.encodeVersion()];
    this.#state = { bytes, version, waitingCount: board.waitingCount };
  }

  /** The board as bytes; see `JsonDocument.save`. */
  save(): Uint8Array {
    return 'board' in this.#state ? this.#state.board.save() : this.#state.bytes;
  }

  encodeVersion(): Uint8Array {
    return 'board' in this.#state ? this.#state.board.encodeVersion() : this.#state.version;
  }

  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    return this.#isAt(version) ? [] : this.board.updatesSince(version, maxSizeBytes);
  }

  isCoveredBy(version: Uint8Array): boolean {
    return this.#isAt(version) || this.board.isCoveredBy(version);
  }

  apply(update: Uint8Array): ApplyOutcome {
    return this.board.apply(update);
  }

  applyAll(updates: Iterable<Uint8Array>): ApplyOutcome {
    return this.board.applyAll(updates);
  }

  onLocalUpdate(listener: (update: Uint8Array) => void): () => void {
    this.#updateListeners.add(listener);
    return () => this.#updateListeners.delete(listener);
  }

  /** Calls `listener` after each change; see `JsonDocument.onChange`. */
  onChange(listener: (change: DocumentChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  #wake(): Awake {
    if (!('board' in this.#state)) {
      this.#state = this.#begin(wakeBoard(this.#replicaId, this.#state.bytes));
    }
    this.#onUse(this);
    return this.#state;
  }

  #begin(board: Board): Awake {
    // They outlive the document, which is why it does not hear of them itself.
    board.onLocalUpdate((update) => {
      for (const listener of this.#updateListeners) listener(update);
    });
    board.onChange((change) => {
      for (const listener of this.#changeListeners) listener(change);
    });
    return { board, requests: this.#isTended ? new Requests(board) : undefined };
  }

  /** Whether it rests, and `version` is what it has. */
  #isAt(version: Uint8Array): boolean {
    if ('board' in this.#state) return false;
    const own = this.#state.version;
    return own.length === version.length && own.every((byte, at) => byte === version[at]);
  }
}
