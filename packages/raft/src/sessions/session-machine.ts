import { digestBytes, DigestWriter } from '../state-digest.ts';
import type { StateMachine } from '../state-machine.ts';
import { parseSessionCommand, sessionAnswerCodec, sessionSnapshotCodec } from './codec.ts';
import type { SessionAnswer, SessionRequest } from './messages.ts';
import { type SessionLimits, SessionTable } from './session-table.ts';

/** On whose behalf a command is applied, and when. The same on every replica. */
export interface SessionOrigin {
  /** Names the session for all time: the log index that opened it. */
  readonly sessionId: number;
  /** The replicated clock, in ms. Never falls; its epoch is the cluster's first command. */
  readonly clockMs: number;
}

/**
 * A state machine whose commands are applied once each. Every `StateMachine` is one; it may look at
 * its third argument, and ask to be told when sessions end.
 */
export interface SessionedMachine {
  /**
   * Applies one call, for the first and only time.
   *
   * @param command - Borrowed until the call returns.
   * @param logIndex - Its position; rises by at least 1 from call to call.
   * @returns The response, stored under the call's number for when its client asks again. Copied.
   */
  apply(command: Uint8Array, logIndex: number, origin: SessionOrigin): Uint8Array;
  /**
   * The session was closed, has expired or was evicted, by the command at `logIndex`. None of its
   * calls is applied any more: time to release what it held.
   */
  endSession?(sessionId: number, logIndex: number): void;
  /** See `StateMachine.snapshot`. */
  snapshot(): Uint8Array;
  /** See `StateMachine.restore`. */
  restore(snapshot: Uint8Array): void;
  /** See `StateMachine.digest`. */
  digest?(): Uint8Array;
}

/** The limits of sessions that state none. */
export const defaultSessionLimits: SessionLimits = {
  ttlMs: 60_000,
  sessionCountMax: 4_096,
  backlogMax: 1_024,
  backlogBytesMax: 1_048_576,
  storedBytesMax: 67_108_864,
};

/**
 * Puts sessions around a state machine: each call of a client is applied once, however often its
 * command stands in the log.
 *
 * @remarks
 * Sessions and the answers they were given are part of the state, in snapshots too, so neither a
 * new leader nor a restored replica forgets what was applied. The cost of a call is its response,
 * kept until the client acknowledges it.
 */
export class SessionMachine implements StateMachine {
  readonly #inner: SessionedMachine;
  readonly #limits: SessionLimits;
  readonly #table: SessionTable;

  /**
   * @param inner - In its initial state. Its commands come from sessions only, from now on.
   * @param limits - Must be the same on all replicas, and stay so: they decide what is applied.
   * @throws RangeError if a limit is no integer of at least 1.
   */
  constructor(inner: SessionedMachine, limits: Partial<SessionLimits> = {}) {
    this.#inner = inner;
    this.#limits = { ...defaultSessionLimits, ...limits };
    for (const [name, value] of Object.entries(this.#limits)) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
      }
    }
    this.#table = new SessionTable(this.#limits);
  }

  /** The replicated clock: the highest stamp of all applied commands, in ms. */
  get clockMs(): number {
    return this.#table.clockMs;
  }

  /** Sessions that have not ended. */
  get sessionCount(): number {
    return this.#table.sessionCount;
  }

  /** What the responses take that no client has acknowledged, in bytes. */
  get storedBytes(): number {
    return this.#table.storedBytes;
  }

  /** Whether the session has not ended, as of what was applied so far. */
  has(sessionId: number): boolean {
    return this.#table.has(sessionId);
  }

  apply(command: Uint8Array, logIndex: number): Uint8Array {
    const decoded = parseSessionCommand(command);
    if (decoded === undefined) return answered({ kind: 'refused', reason: 'malformed' });
    this.#onEnded(this.#table.advanceTo(decoded.stampMs), logIndex);
    return answered(this.#answer(decoded.request, logIndex));
  }

  snapshot(): Uint8Array {
    const inner = this.#inner.snapshot();
    return sessionSnapshotCodec.encode({ table: this.#table.state(), inner });
  }

  /** @throws DecodeError if `snapshot` is none of this version; the state is unchanged then. */
  restore(snapshot: Uint8Array): void {
    const { table, inner } = sessionSnapshotCodec.decode(snapshot);
    this.#inner.restore(inner);
    this.#table.replace(table);
  }

  /**
   * Of the sessions' clock, number and stored responses, and of the digest of the machine inside
   * if that offers one. Eight bytes.
   */
  digest(): Uint8Array {
    const { clockMs, sessionCount, storedBytes } = this.#table;
    const writer = new DigestWriter().number(clockMs).number(sessionCount).number(storedBytes);
    const inner = this.#inner.digest?.();
    return digestBytes((inner === undefined ? writer : writer.bytes(inner)).finish());
  }

  #answer(request: SessionRequest, logIndex: number): SessionAnswer {
    switch (request.kind) {
      case 'open': {
        const { ttlMs, backlogMax } = this.#limits;
        const { sessionId, ended } = this.#table.open(request.nonce, logIndex);
        this.#onEnded(ended, logIndex);
        return { kind: 'opened', sessionId, ttlMs, backlogMax };
      }
      case 'close':
        // A session that has ended is as closed as the client wants it.
        if (this.#table.end(request.sessionId) === 'ended') {
          this.#onEnded([request.sessionId], logIndex);
        }
        return { kind: 'done' };
      case 'keepAlive':
        return this.#table.hear(request.sessionId, request.acknowledgedThrough) === 'heard'
          ? { kind: 'done' }
          : { kind: 'refused', reason: 'expired' };
      case 'call':
        return this.#call(request, logIndex);
    }
  }

  #call(call: Extract<SessionRequest, { readonly kind: 'call' }>, logIndex: number): SessionAnswer {
    const { sessionId, sequence, payload } = call;
    this.#table.hear(sessionId, call.acknowledgedThrough);
    const admission = this.#table.admit(sessionId, sequence);
    if (admission.kind === 'refused') return admission;
    if (admission.kind === 'repeated') return { kind: 'applied', ...admission.stored };
    const { clockMs } = this.#table;
    const response = this.#inner.apply(payload, logIndex, { sessionId, clockMs }).slice();
    this.#onEnded(this.#table.store(sessionId, sequence, { logIndex, response }), logIndex);
    return { kind: 'applied', logIndex, response };
  }

  #onEnded(sessionIds: readonly number[], logIndex: number): void {
    for (const sessionId of sessionIds) this.#inner.endSession?.(sessionId, logIndex);
  }
}

function answered(answer: SessionAnswer): Uint8Array {
  return sessionAnswerCodec.encode(answer);
}
