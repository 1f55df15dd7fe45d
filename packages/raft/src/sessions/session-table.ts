/*
 * Who has a session, and what each session was answered.
 *
 * A client whose reply got lost asks again, perhaps at another leader, and the log then holds its
 * command twice. To apply it once, the state machine must recognize the second, and say to it what
 * it said to the first. So every client has a session, every call of a session a number, and the
 * answer is kept under that number until the client says that it has it:
 *
 * ```text
 *   session 17   acknowledgedThrough 4 │ 5: "ok"   6: not seen yet   7: "no"
 *
 *   call 7 again          the stored "no": nothing is applied
 *   call 6                applied, its answer stored
 *   call 3, much delayed  'forgotten': the client has had its answer, whatever it was
 *   call 8 of session 9   'expired': nobody knows what session 9 has applied, so nothing is
 * ```
 *
 * The table is part of the replicated state. All of it follows from the log, or replicas would
 * disagree on what to apply: the order of use decides who is evicted, and the clock by which
 * sessions expire is carried in the commands; it shows the highest stamp that was applied.
 *
 * A session is named by the log index that opened it, so a name is never used twice, and a call of
 * a session that has ended can never be taken for one of another.
 *
 * Source: D. Ongaro, "Consensus: Bridging Theory and Practice", §6.3; the count bound by least
 * recent use is that of lni/dragonboat. Departs from §6.3: calls of one session may be applied in
 * any order while several are outstanding.
 */
import { invariant } from '../invariant.ts';
import type { SessionRefusal } from './messages.ts';

/** How much the table holds. Must be the same on all replicas. */
export interface SessionLimits {
  /** How long a session lives without a request, by the replicated clock, in ms. At least 1. */
  readonly ttlMs: number;
  /** Sessions beyond this end that of the client that was silent longest. At least 1. */
  readonly sessionCountMax: number;
  /** Responses that one session keeps. Calls beyond are refused until it acknowledges. */
  readonly backlogMax: number;
  /** Bytes of responses beyond which one session takes no call until it acknowledges. */
  readonly backlogBytesMax: number;
  /** Bytes of responses of all sessions, beyond which those silent longest end. */
  readonly storedBytesMax: number;
}

/** What an answer takes besides its bytes: so that empty ones are bounded too. */
export const RESPONSE_OVERHEAD_BYTES = 64;

/** The answer to one call. */
export interface StoredResponse {
  readonly logIndex: number;
  readonly response: Uint8Array;
}

/** One client's place in the replicated state. */
export interface Session {
  /** The log index of the command that opened it. */
  readonly sessionId: number;
  readonly nonce: string;
  /** The replicated clock at its last request. */
  readonly lastActiveMs: number;
  readonly acknowledgedThrough: number;
  /** By sequence number, all above `acknowledgedThrough`. */
  readonly responses: ReadonlyMap<number, StoredResponse>;
}

/** The table as plain values: sessions in the order of use, the one silent longest first. */
export interface SessionTableState {
  readonly clockMs: number;
  readonly sessions: readonly Session[];
}

/** What is to be done with a call. */
export type Admission =
  /** Apply it, and `store` the response. */
  | { readonly kind: 'new' }
  | { readonly kind: 'repeated'; readonly stored: StoredResponse }
  | { readonly kind: 'refused'; readonly reason: SessionRefusal };

interface LiveSession extends Session {
  lastActiveMs: number;
  acknowledgedThrough: number;
  readonly responses: Map<number, StoredResponse>;
  storedBytes: number;
}

/**
 * All sessions. Every method takes O(1), but for answers and sessions that it drops, each of which
 * was paid for when it came.
 */
export class SessionTable {
  readonly #limits: SessionLimits;
  // In the order of use: whoever is heard is taken out and put in at the end.
  #sessions = new Map<number, LiveSession>();
  #byNonce = new Map<string, LiveSession>();
  #clockMs = 0;
  #storedBytes = 0;

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  /** The highest stamp of all that was applied. */
  get clockMs(): number {
    return this.#clockMs;
  }

  /** Sessions that have not ended. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** What the stored responses take, overhead included. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** Whether the session has not ended. */
  has(sessionId: number): boolean {
    return this.#sessions.has(sessionId);
  }

  /**
   * Moves the clock to `stampMs`, never back.
   *
   * @returns The sessions that ended by it, the one silent longest first.
   */
  advanceTo(stampMs: number): readonly number[] {
    this.#clockMs = Math.max(this.#clockMs, stampMs);
    const ended: number[] = [];
    // With one lifetime for all, the order of use is the order of expiry.
    for (const session of this.#sessions.values()) {
      if (this.#clockMs - session.lastActiveMs < this.#limits.ttlMs) break;
      ended.push(session.sessionId);
    }
    for (const sessionId of ended) this.end(sessionId);
    return ended;
  }

  /**
   * Opens a session named `logIndex`, or finds the one that this nonce has opened already.
   *
   * @returns Its name, and the sessions that had to make room for it.
   */
  open(
    nonce: string,
    logIndex: number,
  ): { readonly sessionId: number; readonly ended: readonly number[] } {
    const known = this.#byNonce.get(nonce);
    if (known !== undefined) {
      this.#touch(known);
      return { sessionId: known.sessionId, ended: [] };
    }
    const ended: number[] = [];
    while (this.#sessions.size >= this.#limits.sessionCountMax) ended.push(this.#endOldest());
    this.#insert({
      sessionId: logIndex,
      nonce,
      lastActiveMs: this.#clockMs,
      acknowledgedThrough: 0,
      responses: new Map(),
      storedBytes: 0,
    });
    return { sessionId: logIndex, ended };
  }

  /** Notes that the client was heard and has the responses up to `acknowledgedThrough`. */
  hear(sessionId: number, acknowledgedThrough: number): 'heard' | 'expired' {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return 'expired';
    this.#touch(session);
    this.#acknowledge(session, acknowledgedThrough);
    return 'heard';
  }

  /** Decides about call `sequence` of a session that `hear` has just heard. */
  admit(sessionId: number, sequence: number): Admission {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return { kind: 'refused', reason: 'expired' };
    if (sequence <= session.acknowledgedThrough) return { kind: 'refused', reason: 'forgotten' };
    const stored = session.responses.get(sequence);
    if (stored !== undefined) return { kind: 'repeated', stored };
    // Before the call is applied: afterwards its response could not be thrown away any more.
    const { backlogMax, backlogBytesMax } = this.#limits;
    const isFull = session.responses.size >= backlogMax || session.storedBytes >= backlogBytesMax;
    return isFull ? { kind: 'refused', reason: 'backlog' } : { kind: 'new' };
  }

  /**
   * Keeps the response to a call that was admitted as new, and is owned from now on.
   *
   * @returns The sessions that had to make room for it: its own too, if it alone is too large.
   */
  store(sessionId: number, sequence: number, stored: StoredResponse): readonly number[] {
    const session = this.#sessions.get(sessionId);
    // The machine inside may have no say in sessions, so nothing ends between `admit` and this.
    invariant(session !== undefined, 'a response belongs to a session');
    invariant(!session.responses.has(sequence), 'a call is applied once');
    session.responses.set(sequence, stored);
    this.#charge(session, sizeOf(stored));
    const ended: number[] = [];
    while (this.#storedBytes > this.#limits.storedBytesMax) ended.push(this.#endOldest());
    return ended;
  }

  /** Forgets the session. Nothing happens if it has ended already. */
  end(sessionId: number): 'ended' | 'expired' {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return 'expired';
    this.#sessions.delete(sessionId);
    this.#byNonce.delete(session.nonce);
    this.#storedBytes -= session.storedBytes;
    return 'ended';
  }

  /** The table as plain values; responses in the order of their calls. */
  state(): SessionTableState {
    const sessions = [...this.#sessions.values()].map((session) => ({
      ...session,
      responses: new Map([...session.responses].sort(([left], [right]) => left - right)),
    }));
    return { clockMs: this.#clockMs, sessions };
  }

  /** Replaces the table by one that `state` described. The responses are owned from now on. */
  replace({ clockMs, sessions }: SessionTableState): void {
    this.#clockMs = clockMs;
    this.#sessions = new Map();
    this.#byNonce = new Map();
    this.#storedBytes = 0;
    for (const session of sessions) {
      const live = { ...session, responses: new Map(session.responses), storedBytes: 0 };
      this.#insert(live);
      for (const stored of live.responses.values()) this.#charge(live, sizeOf(stored));
    }
  }

  #insert(session: LiveSession): void {
    this.#sessions.set(session.sessionId, session);
    this.#byNonce.set(session.nonce, session);
  }

  #touch(session: LiveSession): void {
    session.lastActiveMs = this.#clockMs;
    this.#sessions.delete(session.sessionId);
    this.#sessions.set(session.sessionId, session);
  }

  #acknowledge(session: LiveSession, through: number): void {
    if (through <= session.acknowledgedThrough) return;
    session.acknowledgedThrough = through;
    for (const [sequence, stored] of session.responses) {
      if (sequence > through) continue;
      session.responses.delete(sequence);
      this.#charge(session, -sizeOf(stored));
    }
  }

  #charge(session: LiveSession, bytes: number): void {
    session.storedBytes += bytes;
    this.#storedBytes += bytes;
  }

  #endOldest(): number {
    const [oldest] = this.#sessions.keys();
    invariant(oldest !== undefined, 'what takes room belongs to a session');
    this.end(oldest);
    return oldest;
  }
}

function sizeOf({ response }: StoredResponse): number {
  return response.length + RESPONSE_OVERHEAD_BYTES;
}
