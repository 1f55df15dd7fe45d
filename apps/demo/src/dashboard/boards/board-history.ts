/**
 * What the copies of one board were, by time.
 *
 * A document knows all its versions, so of a moment only the version is kept, and how the client
 * stood with its node. Who was not here at a time has no moment of that time.
 */
import { type Board, type BoardView, viewOf } from '../../board/board.ts';
import type { BoardClient, ClientState } from './board-client.ts';

/** Moments that are kept, of all clients of a board. */
const MOMENTS_MAX = 10_000;

/** A client as it was from `atMs` on. */
export interface Moment {
  /** By the clock of the charts. */
  readonly atMs: number;
  /** Whose copy it is. */
  readonly name: string;
  readonly nodeId: string;
  readonly state: ClientState;
  readonly digest: string;
  /** A document that has this version, and maybe later ones. */
  readonly board: Board;
  readonly version: Uint8Array;
}

/** From `atMs` on somebody has no copy. */
type End = Pick<Moment, 'atMs' | 'name'> & { readonly version?: never };

/** A time at which a copy changed. */
export interface BoardChange {
  readonly atMs: number;
  readonly name: string;
  /** What is different from the moment before, in words. */
  readonly what: string;
}

/** The moments of one board. */
export class BoardHistory {
  #moments: (Moment | End)[] = [];
  #changes: BoardChange[] = [];
  readonly #momentsMax: number;
  /** What each copy that is open said last. */
  readonly #shown = new Map<Board, BoardView>();

  /** @param momentsMax - At least 4. */
  constructor(momentsMax: number = MOMENTS_MAX) {
    this.#momentsMax = momentsMax;
  }

  /** When a copy changed, the oldest first. */
  get changes(): readonly BoardChange[] {
    return this.#changes;
  }

  /** Takes how a client is at `atMs`. */
  note(name: string, client: Noted, atMs: number): void {
    const { nodeId, state, digest, board } = client;
    const before = this.at(name, atMs);
    const isNew = before?.digest !== digest || before.board !== board;
    const version = isNew ? board.encodeVersion() : before.version;
    const moment = { atMs, name, nodeId, state, digest, board, version };
    this.#moments.push(moment);
    if (isNew) this.#changes.push({ atMs, name, what: this.#differenceOf(moment) });
    if (this.#moments.length <= this.#momentsMax) return;
    // Not one by one: each would cost a copy of all.
    this.#moments = this.#moments.slice(this.#momentsMax / 4);
    const startMs = this.#moments[0]?.atMs ?? 0;
    this.#changes = this.#changes.filter((change) => change.atMs >= startMs);
    this.#forgetBoards();
  }

  /** Takes that `name` has no copy any more. */
  noteEnd(name: string, atMs: number): void {
    this.#moments.push({ atMs, name });
  }

  /** The copy of `name` at `atMs`; undefined if there was none, or it is forgotten. */
  at(name: string, atMs: number): Moment | undefined {
    const last = this.#moments.findLast((moment) => moment.name === name && moment.atMs <= atMs);
    return last?.version === undefined ? undefined : last;
  }

  /** Forgets `fromMs` and what came after it: something else happens then. */
  forget(fromMs: number): void {
    this.#moments = this.#moments.filter(({ atMs }) => atMs < fromMs);
    this.#changes = this.#changes.filter(({ atMs }) => atMs < fromMs);
    this.#forgetBoards();
  }

  #forgetBoards(): void {
    const kept = new Set(this.#moments.flatMap((moment) => (moment.version ? moment.board : [])));
    for (const board of this.#shown.keys()) if (!kept.has(board)) this.#shown.delete(board);
  }

  #differenceOf({ board }: Moment): string {
    const [before, after] = [this.#shown.get(board), viewOf(board)];
    this.#shown.set(board, after);
    if (before === undefined) return 'opened';
    const different = parts.filter((part) => !isEqual(before[part], after[part]));
    return different.length === 0 ? 'nothing that is seen' : different.join(', ');
  }
}

/** What is noted of a client. */
type Noted = Pick<BoardClient, 'nodeId' | 'state' | 'digest' | 'board'>;

/** The document as it was at a moment: to be looked at, not to be edited. */
export function boardAt({ board, version }: Moment): Board {
  return board.checkout(version, { replicaId: 'past' });
}

const parts = ['title', 'status', 'notes', 'checklist', 'affected'] as const;

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
