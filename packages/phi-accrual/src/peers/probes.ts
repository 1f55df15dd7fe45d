/**
 * Asking others before accusing: the indirect probes of SWIM.
 *
 * The problem. One bad link between two healthy nodes looks to each like the death of the other. No
 * tuning of a detector helps: nothing arrives.
 *
 * The idea. Before a silent peer is accused, `k` others are asked to ping it. If one of them gets
 * an answer, the peer is alive and only our link is not.
 *
 * ```text
 *   we ── probe(target) ──▶ helper ── ping ──▶ target
 *   we ◀──── answer ─────── helper ◀── pong ── target
 * ```
 *
 * A helper that gets none says so too, after a while. That tells us about ourselves: if not even
 * the helpers answer, it is our own network that is ill (`local-health.ts`).
 *
 * Two books, neither of which sends anything: `ProbeRounds` of who asks, `ProbeErrands` of who
 * helps. Both are bounded, or a peer that asks for ever would fill them.
 *
 * Sources: Das, Gupta and Motivala, "SWIM: Scalable Weakly-consistent Infection-style Process Group
 * Membership Protocol", 2002; the negative answers of Lifeguard, 2017.
 */

/** One question to helpers, or a direct ping besides. */
interface ProbeRound<Name> {
  readonly target: Name;
  readonly untilMs: number;
  readonly askedCount: number;
  readonly answered: Set<Name>;
}

/** How a round went for us, once it is over. */
export interface RoundEnd<Name extends string = string> {
  readonly target: Name;
  readonly askedCount: number;
  readonly answeredCount: number;
}

/** What we asked. */
export class ProbeRounds<Name extends string = string> {
  readonly #roundsMax: number;
  readonly #rounds = new Map<number, ProbeRound<Name>>();

  /** @param roundsMax - Rounds at the same time; those beyond it are not held. */
  constructor(roundsMax: number) {
    this.#roundsMax = roundsMax;
  }

  /** When the first round is over; `Infinity` if there is none. */
  get nextMs(): number {
    // All rounds last as long, so the first that began ends first.
    for (const { untilMs } of this.#rounds.values()) return untilMs;
    return Infinity;
  }

  /**
   * Begins a round.
   *
   * @param nonce - A number that no other round has now, by which answers are known.
   * @returns Whether there was room.
   */
  begin(nonce: number, target: Name, askedCount: number, untilMs: number): boolean {
    if (this.#rounds.size >= this.#roundsMax || this.#rounds.has(nonce)) return false;
    this.#rounds.set(nonce, { target, untilMs, askedCount, answered: new Set() });
    return true;
  }

  /** Somebody answers. @returns Whom the round is about; `undefined` if there is no such round. */
  answered(nonce: number, from: Name): Name | undefined {
    const round = this.#rounds.get(nonce);
    if (round === undefined) return undefined;
    // Answers may come twice, and from nobody who was asked: the set stays as small as the
    // question.
    if (from !== round.target && round.answered.size < round.askedCount) round.answered.add(from);
    return round.target;
  }

  /** The rounds that are over at `nowMs`. */
  ended(nowMs: number): readonly RoundEnd<Name>[] {
    const ends: RoundEnd<Name>[] = [];
    for (const [nonce, { target, untilMs, askedCount, answered }] of this.#rounds) {
      if (untilMs > nowMs) break;
      this.#rounds.delete(nonce);
      ends.push({ target, askedCount, answeredCount: answered.size });
    }
    return ends;
  }
}

/** Who asked us about whom, and under which number. */
export interface ProbeErrand<Name extends string = string> {
  readonly origin: Name;
  readonly nonce: number;
  readonly target: Name;
}

/** What others asked us to do. */
export class ProbeErrands<Name extends string = string> {
  readonly #errandsMax: number;
  readonly #errands = new Map<number, ProbeErrand<Name> & { readonly untilMs: number }>();

  /** @param errandsMax - Errands at the same time; those beyond it are not taken. */
  constructor(errandsMax: number) {
    this.#errandsMax = errandsMax;
  }

  /** When the first errand is given up; `Infinity` if there is none. */
  get nextMs(): number {
    for (const { untilMs } of this.#errands.values()) return untilMs;
    return Infinity;
  }

  /**
   * Takes an errand on.
   *
   * @param ownNonce - A number of our own, under which we ping.
   * @returns Whether there was room.
   */
  take(ownNonce: number, errand: ProbeErrand<Name>, untilMs: number): boolean {
    if (this.#errands.size >= this.#errandsMax || this.#errands.has(ownNonce)) return false;
    this.#errands.set(ownNonce, { ...errand, untilMs });
    return true;
  }

  /** `from` answers our ping. @returns Whom to tell; `undefined` if nobody asked about it. */
  ponged(ownNonce: number, from: Name): ProbeErrand<Name> | undefined {
    const errand = this.#errands.get(ownNonce);
    if (errand?.target !== from) return undefined;
    this.#errands.delete(ownNonce);
    return errand;
  }

  /** The errands that got no answer until `nowMs`: whom to tell so. */
  failed(nowMs: number): readonly ProbeErrand<Name>[] {
    const failed: ProbeErrand<Name>[] = [];
    for (const [ownNonce, errand] of this.#errands) {
      if (errand.untilMs > nowMs) break;
      this.#errands.delete(ownNonce);
      failed.push(errand);
    }
    return failed;
  }
}
