/*
 * One document, as far as one peer goes: what the peer has, and what is on its way to it.
 *
 * Versions are opaque here, so there is no adding to one what was sent since. Instead a link
 * remembers whole versions of ours: once the peer is known to have what stands in a version, the
 * next updates are those since that version, and when they are all acknowledged, the peer has the
 * version that was ours when they were sent.
 *
 * ```text
 *            hears its version             own change: updates since `sent`
 *   unknown ───────────────────▶ known ◀──────────────────────────────────────┐
 *      ▲                          │ └──── number 7 ──▶ number 8 ──▶ … ─────────┘
 *      └── a number is overdue ───┘        each with what our version was then
 * ```
 *
 * Nothing is sent a second time because of a number: whoever does not hear of one in time asks for
 * the peer's version and begins from there. So it does not matter what was lost, doubled or late.
 */
/** Updates that were sent and are not acknowledged. */
interface Flight {
  readonly number: number;
  readonly sizeBytes: number;
  readonly sentAtMs: number;
  /** What the peer has once this and all before has arrived; none if more was to follow. */
  reaches: Mark | undefined;
  isAcked: boolean;
}

/** A version of ours, and how many changes it has seen. */
export interface Mark {
  readonly version: Uint8Array;
  readonly change: number;
}

/** Why nothing is exchanged: for good, or, but if an id was forked, until the peer asks again. */
export type LinkTrouble = 'forked' | 'beforeHistory' | 'diverged';

/** Bytes on their way to one peer, of all its documents. */
export interface Window {
  bytes: number;
}

/** What one peer has of one document. */
export class Link {
  readonly #window: Window;
  /** What the peer has once all that is on its way has arrived; unknown at first. */
  #sent: Mark | undefined;
  /** The latest of our changes that the peer certainly has, durably; -1 if none is known. */
  #confirmedChange = -1;
  #keeps = true;
  #flights: Flight[] = [];
  #isFilling = false;
  #trouble: LinkTrouble | undefined;
  /** Which of its attachments the peer spoke of last; 0 if of none. */
  attachment = 0;
  /** When to say something although nothing happened. */
  speakAtMs = 0;
  /** How often that was in vain. */
  silentCount = 0;
  /** The largest number of updates that came from the peer; 0 if none did. */
  seen = 0;
  /** Whether updates are packed and wait until they are durable here. */
  isPacked = false;
  /** Whether to tell the peer what is here, because what it sent could not all be applied. */
  owesVersion = false;
  /** Whether only a whole document brings what the peer has. */
  needsWhole = false;
  /** How often the whole was offered in vain. */
  offerCount = 0;
  /** The trouble that was reported in this life of the peer. */
  reported: LinkTrouble | undefined;
  /** The version that was sent last in full, and when. */
  told: Uint8Array | undefined;
  toldAtMs: number | undefined;

  constructor(window: Window) {
    this.#window = window;
  }

  /** What the peer has once all that is on its way has arrived, if that is known. */
  get sent(): Mark | undefined {
    return this.#sent;
  }

  /** Why nothing is exchanged, if nothing is. */
  get trouble(): LinkTrouble | undefined {
    return this.#trouble;
  }

  /** The latest of our changes that the peer certainly has, and keeps; -1 if none is known. */
  get confirmedChange(): number {
    return this.#confirmedChange;
  }

  /** Whether updates are on their way. */
  get isBusy(): boolean {
    return this.#flights.length > 0;
  }

  /** Whether the peer is to say what it has before it gets more. */
  get isFilling(): boolean {
    return this.#isFilling;
  }

  /** When the oldest of what is on its way was sent; `undefined` if nothing is. */
  get oldestSentAtMs(): number | undefined {
    return this.#flights[0]?.sentAtMs;
  }

  /** What to send updates since; `undefined` if none are to be sent. */
  baseOf(change: number): Mark | undefined {
    if (this.#isFilling || this.#sent?.change === change) return undefined;
    return this.#sent;
  }

  /**
   * Notes of which attachment the peer speaks, and whether it means to keep what it has.
   *
   * @returns Whether none that is later is known: what is said of an earlier one is not true now.
   */
  meet({ attachment, isKept }: { readonly attachment: number; readonly isKept: boolean }): boolean {
    if (attachment < this.attachment) return false;
    if (attachment > this.attachment && this.attachment > 0) this.renew();
    this.attachment = attachment;
    this.#keeps = isKept;
    if (!isKept) this.#confirmedChange = -1;
    return true;
  }

  /** What the peer had is gone, as far as is known. */
  renew(): void {
    this.toldAtMs = undefined;
    if (this.#trouble === 'forked') return;
    this.resume();
  }

  /**
   * Takes in what the peer says it has. If that is not all, what it confirmed may be gone.
   *
   * @param seen - The largest number that it had got by then.
   * @returns Whether that says anything new. What it said before it got anything of what is on its
   *   way does not.
   */
  hear(version: Uint8Array, seen: number): boolean {
    this.silentCount = 0;
    const first = this.#flights[0];
    if (first !== undefined && seen < first.number && !this.#isFilling) return false;
    this.lose();
    this.#confirmedChange = -1;
    this.#sent = { version: version.slice(), change: -1 };
    return true;
  }

  /** The peer has all that we have at `mark`, and perhaps more. */
  cover(mark: Mark): void {
    this.lose();
    this.silentCount = 0;
    this.offerCount = 0;
    this.#sent = mark;
    if (this.#keeps) this.#confirmedChange = mark.change;
  }

  /** Between what the peer has, with what is on its way, and `mark` there is nothing it lacks. */
  advance(mark: Mark): void {
    const isConfirmed = this.#confirmedChange === this.#sent?.change;
    this.#sent = mark;
    // What it has it may not keep: others are to be asked for that.
    if (!this.#keeps) return;
    const last = this.#flights[this.#flights.length - 1];
    if (last !== undefined) last.reaches = mark;
    else if (isConfirmed) this.#confirmedChange = mark.change;
  }

  /** Notes that updates are on their way. */
  depart(flight: Omit<Flight, 'isAcked'>): void {
    this.#flights.push({ ...flight, isAcked: false });
    this.#window.bytes += flight.sizeBytes;
    if (flight.reaches === undefined) this.#isFilling = true;
    else this.#sent = flight.reaches;
  }

  /**
   * Notes that a message has arrived.
   *
   * @returns When it was sent, or `undefined` if nobody waits for it.
   */
  acknowledge(number: number): number | undefined {
    const flight = this.#flights.find((one) => one.number === number);
    if (flight === undefined || flight.isAcked) return undefined;
    flight.isAcked = true;
    this.#window.bytes -= flight.sizeBytes;
    while (this.#flights[0]?.isAcked === true) {
      const reaches = this.#flights.shift()?.reaches;
      if (reaches !== undefined) this.#confirmedChange = reaches.change;
    }
    return flight.sentAtMs;
  }

  /** Whether a message is on its way. */
  awaits(number: number): boolean {
    return this.#flights.some((flight) => flight.number === number && !flight.isAcked);
  }

  /** Gives up what is on its way: the peer must say what it has. */
  lose(): void {
    for (const { sizeBytes, isAcked } of this.#flights) {
      if (!isAcked) this.#window.bytes -= sizeBytes;
    }
    this.#flights = [];
    this.#sent = undefined;
    this.#isFilling = false;
  }

  /** The peer begins anew: it may have lost what it had, and nothing stands in the way. */
  reset(): void {
    this.resume();
    this.seen = 0;
    this.reported = undefined;
    this.offerCount = 0;
    this.silentCount = 0;
    this.toldAtMs = undefined;
  }

  /** What the peer has is unknown again, and what stood in the way may be gone. */
  resume(): void {
    this.lose();
    this.owesVersion = false;
    this.needsWhole = false;
    this.#confirmedChange = -1;
    this.#trouble = undefined;
  }

  /** Exchanges nothing any more. */
  stop(trouble: LinkTrouble): void {
    this.lose();
    this.#confirmedChange = -1;
    this.needsWhole = false;
    this.#trouble = trouble;
  }
}
