/*
 * Who is there, and where their carets are: what is true now and of no interest tomorrow.
 *
 * Each participant alone speaks of itself, and numbers what it says; the largest number is the
 * truth, whoever passed it on, so that order, repetition and detours do not matter. Who says
 * nothing for long is gone. Its number is remembered for as long again: an old entry that is still
 * on its way must not bring back who has left.
 */

/** What a participant has said of itself. */
export interface PresenceEntry {
  /** Names one participant: 1..64 bytes. */
  readonly id: string;
  /** Rises with everything that the participant says. */
  readonly clock: number;
  /** What it says; nothing if it has left. */
  readonly state: Uint8Array | undefined;
}

interface Known extends PresenceEntry {
  readonly heardAtMs: number;
}

/** What an entry has brought. */
export type PresenceOutcome = 'added' | 'updated' | 'renewed' | 'removed' | 'old' | 'full';

/** The latest entry of each participant. */
export class PresenceTable {
  readonly #known = new Map<string, Known>();
  readonly #timeoutMs: number;
  readonly #entriesMax: number;

  /**
   * @param timeoutMs - After how long without a word a participant is gone.
   * @param entriesMax - How many are remembered, of those who left as well.
   */
  constructor(timeoutMs: number, entriesMax: number) {
    this.#timeoutMs = timeoutMs;
    this.#entriesMax = entriesMax;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** The latest entries, those of who left included. */
  entries(): Iterable<PresenceEntry> {
    return this.#known.values();
  }

  /** The latest entry of a participant. */
  entry(id: string): PresenceEntry | undefined {
    return this.#known.get(id);
  }

  /** Takes in an entry. */
  take({ id, clock, state }: PresenceEntry, nowMs: number): PresenceOutcome {
    const before = this.#known.get(id);
    if (before !== undefined && clock <= before.clock) return 'old';
    if (before === undefined && this.#known.size >= this.#entriesMax) return 'full';
    this.#known.set(id, { id, clock, state, heardAtMs: nowMs });
    if (state === undefined) return before?.state === undefined ? 'renewed' : 'removed';
    if (before?.state === undefined) return 'added';
    return isSame(before.state, state) ? 'renewed' : 'updated';
  }

  /** Takes a participant for gone, whatever it said. @returns Whether it was there. */
  remove(id: string, nowMs: number): boolean {
    const before = this.#known.get(id);
    if (before?.state === undefined) return false;
    this.#known.set(id, { id, clock: before.clock, state: undefined, heardAtMs: nowMs });
    return true;
  }

  /** Those who are gone because they said nothing; forgets those who have been gone for as long. */
  expire(nowMs: number): readonly string[] {
    const gone: string[] = [];
    for (const { id, state, heardAtMs } of [...this.#known.values()]) {
      if (nowMs - heardAtMs < this.#timeoutMs) continue;
      if (state === undefined) this.#known.delete(id);
      else if (this.remove(id, nowMs)) gone.push(id);
    }
    return gone;
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
