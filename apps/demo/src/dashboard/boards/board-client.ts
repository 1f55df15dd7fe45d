/**
 * One client of a board: a copy of its own, kept equal with what the nodes have through one of
 * them.
 *
 * Edits change the copy at once. What has not been confirmed is sent in the background, and as an
 * update may come twice, whatever is in doubt is sent again. The copy itself is the queue of what
 * was done offline: what is to be sent is what a version lacks, however long that version is ago.
 *
 *     offline --goOnline--> connecting --stream opens--> live --stream ends--> lost
 *                               ^                                               |
 *                               +---------------------- later ------------------+
 *
 * A node may begin with a part of what there is, and an owner may not have what an update builds
 * on. In the first case updates wait here for their past, and the client asks for all that it
 * lacks. In the second, the version that the owner answers tells what it lacks, and that is sent.
 * A stream to a client that lags behind ends, and the next one begins with what is lacking here.
 */
import type { Clock, Timer } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';

import { fromBase64, toBase64 } from '../../base64.ts';
import { type Board, openBoard } from '../../board/board.ts';

/** Why something was not done, as a node says it; or that it says nothing. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  /** Whether it may have happened all the same. */
  readonly indefinite: boolean;
}

/** What comes back for an update. Versions and updates are base64. */
export type SendAnswer =
  | { readonly kind: 'done'; readonly version: string; readonly copies: number }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** What comes back for a question what is lacking. */
export type SyncAnswer =
  | { readonly kind: 'updates'; readonly updates: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** What is told while a board is watched. */
export interface BoardWatcher {
  readonly opened: () => void;
  readonly news: (updates: readonly string[]) => void;
  /** Nothing more comes. */
  readonly ended: (problem: Problem) => void;
}

/** A board, as it is reached through one node. Nothing rejects or throws. */
export interface BoardAccess {
  /** The node. */
  readonly nodeId: string;
  send(update: string): Promise<SendAnswer>;
  /** What the holder of `version` lacks. */
  sync(version: string): Promise<SyncAnswer>;
  /** Follows the board from `version` on. Returns what ends it; then nothing more is told. */
  watch(version: string, watcher: BoardWatcher): () => void;
}

/** How a client stands with its node. */
export type Connection = 'offline' | 'connecting' | 'live' | 'lost';

/** What became of the latest edits. */
export type Delivery =
  /** There were none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  /** All are on the disks of so many owners. */
  | { readonly kind: 'confirmed'; readonly copies: number }
  /** They are on one disk only: sent again later, or at once by `retry`. */
  | { readonly kind: 'unconfirmed'; readonly problem: Problem }
  /** They may be nowhere but here: sent again later, or at once by `retry`. */
  | { readonly kind: 'failed'; readonly problem: Problem };

/** All that is to be shown beside the board itself. */
export interface ClientState {
  readonly connection: Connection;
  /** Why the connection was lost, or the board could not be read. */
  readonly problem: Problem | undefined;
  readonly delivery: Delivery;
  /** Edits that are not confirmed. */
  readonly pendingCount: number;
  /** Updates that arrived before their past. */
  readonly waitingCount: number;
}

/** What a client needs. */
export interface BoardClientOptions {
  readonly access: BoardAccess;
  /** A fresh one for each client. */
  readonly replicaId: string;
  readonly clock: Clock;
}

/** Bytes of an update that is sent at once: nodes refuse bodies that are too large. */
const UPDATE_BYTES_MAX = 64 * 1_024;
/** How long to wait before the next attempt, in ms: doubled each time. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 8_000;
/** An owner that lacks the past of what it was sent is sent that so often. */
const ROUNDS_MAX = 4;

const behind: Problem = {
  code: 'behind',
  detail: 'the owner does not have what the edits build on',
  indefinite: true,
};

/** A client; see the head of the file. */
export class BoardClient {
  readonly board: Board;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #access: BoardAccess;
  #connection: Connection = 'offline';
  #problem: Problem | undefined;
  #delivery: Delivery = { kind: 'none' };
  #pendingCount = 0;
  /** A version of which all that is from here is confirmed. */
  #confirmed: Uint8Array = new Uint8Array();
  #isSending = false;
  #isAsking = false;
  #stopWatching: () => void = () => undefined;
  #reconnect: Timer | undefined;
  #resend: Timer | undefined;
  #askAgain: Timer | undefined;
  #reconnectMs = RETRY_MS;
  #resendMs = RETRY_MS;
  /** Answers to what was asked in an earlier connection count no more. */
  #era = 0;

  /** A client that is offline, with an empty copy. */
  constructor({ access, replicaId, clock }: BoardClientOptions) {
    this.#access = access;
    this.#clock = clock;
    this.board = openBoard(replicaId);
    this.board.onLocalUpdate(() => {
      this.#pendingCount += 1;
      void this.#send();
    });
    this.board.onChange(() => this.#tell());
  }

  /** How things stand. */
  get state(): ClientState {
    return {
      connection: this.#connection,
      problem: this.#problem,
      delivery: this.#delivery,
      pendingCount: this.#pendingCount,
      waitingCount: this.board.waitingCount,
    };
  }

  /** The node that it speaks to. */
  get nodeId(): string {
    return this.#access.nodeId;
  }

  /** What this copy has, in 8 hexadecimal digits: equal to that of others that have the same. */
  get digest(): string {
    return digestOf(this.board.encodeVersion());
  }

  /** Calls `listener` after each change of the board or of the state. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Speaks to the node from now on. What was done meanwhile is exchanged. */
  goOnline(): void {
    if (this.#connection !== 'offline') return;
    this.#reconnectMs = RETRY_MS;
    this.#resendMs = RETRY_MS;
    this.#connect();
  }

  /** Speaks to nobody from now on. */
  goOffline(): void {
    this.#disconnect();
    this.#connection = 'offline';
    this.#problem = undefined;
    if (this.#delivery.kind !== 'confirmed') this.#delivery = { kind: 'none' };
    this.#tell();
  }

  /** Speaks to another node from now on. */
  use(access: BoardAccess): void {
    this.#access = access;
    if (this.#connection === 'offline') {
      this.#tell();
      return;
    }
    this.#connect();
  }

  /** Sends at once what would be sent again later. */
  retry(): void {
    this.#resend?.cancel();
    this.#resend = undefined;
    void this.#send();
  }

  /** Ends it. */
  close(): void {
    this.#listeners.clear();
    this.#disconnect();
    this.#connection = 'offline';
  }

  #connect(): void {
    this.#disconnect();
    const era = this.#era;
    const ifCurrent =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args): void => {
        if (era === this.#era) act(...args);
      };
    this.#connection = 'connecting';
    this.#stopWatching = this.#access.watch(toBase64(this.board.encodeVersion()), {
      opened: ifCurrent(() => {
        this.#connection = 'live';
        this.#problem = undefined;
        this.#reconnectMs = RETRY_MS;
        this.#tell();
        // The node may hold no copy itself, and may not have heard of everything yet.
        void this.#catchUp();
      }),
      news: ifCurrent((updates) => this.#take(updates)),
      ended: ifCurrent((problem) => {
        this.#connection = 'lost';
        this.#problem = problem;
        this.#reconnect = this.#clock.setTimer(this.#reconnectMs, () => this.#connect());
        this.#reconnectMs = Math.min(RETRY_MS_MAX, 2 * this.#reconnectMs);
        this.#tell();
      }),
    });
    this.#tell();
    void this.#send();
  }

  #disconnect(): void {
    this.#era += 1;
    this.#isSending = false;
    this.#isAsking = false;
    this.#stopWatching();
    this.#stopWatching = () => undefined;
    for (const timer of [this.#reconnect, this.#resend, this.#askAgain]) timer?.cancel();
    this.#reconnect = undefined;
    this.#resend = undefined;
  }

  /** Takes in what came, and asks for what it turns out to build on. */
  #take(updates: readonly string[]): void {
    if (!this.#applyAll(updates)) return;
    if (this.board.waitingCount > 0) void this.#catchUp();
  }

  #applyAll(updates: readonly string[]): boolean {
    try {
      this.board.applyAll(updates.map(fromBase64));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#problem = { code: 'damaged', detail, indefinite: false };
      this.#tell();
      return false;
    }
    // All of it came from there, so none of it has to be sent there.
    if (this.#pendingCount === 0) this.#confirmed = this.board.encodeVersion();
    this.#tell();
    return true;
  }

  /** Asks for all that is lacking here. */
  async #catchUp(): Promise<void> {
    if (this.#isAsking) return;
    const era = this.#era;
    this.#isAsking = true;
    this.#askAgain?.cancel();
    const answer = await this.#access.sync(toBase64(this.board.encodeVersion()));
    if (era !== this.#era) return;
    this.#isAsking = false;
    if (answer.kind === 'problem') {
      this.#problem = answer.problem;
      this.#askAgain = this.#clock.setTimer(RETRY_MS_MAX, () => void this.#catchUp());
      this.#tell();
      return;
    }
    this.#problem = undefined;
    this.#applyAll(answer.updates);
  }

  /** Sends what is not confirmed, until nothing is left or something goes wrong. */
  async #send(): Promise<void> {
    if (this.#isSending || this.#connection === 'offline' || this.#resend !== undefined) {
      this.#tell();
      return;
    }
    const era = this.#era;
    this.#isSending = true;
    let roundCount = 0;
    while (this.#pendingCount > 0) {
      this.#delivery = { kind: 'sending' };
      this.#tell();
      const count = this.#pendingCount;
      const answer = await this.#sendSince(this.#confirmed, era);
      if (era !== this.#era) return;
      if (answer.kind === 'problem') {
        this.#failed(answer.problem);
        return;
      }
      const version = fromBase64(answer.version);
      const isWhole = this.#pendingCount > count || this.board.isCoveredBy(version);
      roundCount += 1;
      // What it lacks is sent next.
      this.#confirmed = version;
      if (!isWhole && roundCount < ROUNDS_MAX) continue;
      if (!isWhole) {
        this.#failed(behind);
        return;
      }
      this.#pendingCount -= count;
      this.#resendMs = RETRY_MS;
      if (this.#pendingCount > 0) continue;
      this.#confirmed = this.board.encodeVersion();
      this.#delivery = { kind: 'confirmed', copies: answer.copies };
    }
    this.#isSending = false;
    this.#tell();
  }

  async #sendSince(version: Uint8Array, era: number): Promise<SendAnswer> {
    let last: SendAnswer | undefined;
    for (const update of this.board.updatesSince(version, UPDATE_BYTES_MAX)) {
      last = await this.#access.send(toBase64(update));
      if (last.kind === 'problem' || era !== this.#era) return last;
    }
    // Its owner has everything already.
    return last ?? { kind: 'done', version: toBase64(this.board.encodeVersion()), copies: 1 };
  }

  #failed(problem: Problem): void {
    this.#isSending = false;
    this.#delivery = { kind: problem.code === 'unconfirmed' ? 'unconfirmed' : 'failed', problem };
    this.#resend = this.#clock.setTimer(this.#resendMs, () => this.retry());
    this.#resendMs = Math.min(RETRY_MS_MAX, 2 * this.#resendMs);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** A version in 8 hexadecimal digits, as nodes show what their copies have. */
function digestOf(version: Uint8Array): string {
  return (crc32c(version) >>> 0).toString(16).padStart(8, '0');
}
