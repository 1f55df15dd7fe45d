/**
 * What a machine believes the date to be: its local time, put off by all that befalls calendars.
 *
 * ```text
 *   jump      from one instant to the next by as much as you like, either way
 *   smear     little by little, as a leap second is spread over a day
 *   freeze    not at all, until it thaws: then it shows what it would have shown
 * ```
 *
 * Local time is the caller's, in microseconds, and never falls.
 */
export class Calendar {
  #offsetMs: number;
  /** What all smears have come to that are over. */
  #smearedUs = 0;
  #smear = { fromUs: 0, overUs: 1, byUs: 0 };
  #frozenMs: number | undefined;

  /** @param offsetMs - What it shows at local time 0, in ms since 1970. */
  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  /** Milliseconds since 1970, as far as this calendar knows. */
  readMs(localUs: number): number {
    if (this.#frozenMs !== undefined) return this.#frozenMs;
    const smearedUs = this.#smearedUs + this.#smearedNowUs(localUs);
    return this.#offsetMs + Math.floor((localUs + smearedUs) / 1_000);
  }

  /** Moves by `byMs`, either way, frozen or not. */
  jump(byMs: number): void {
    this.#offsetMs += Math.round(byMs);
    if (this.#frozenMs !== undefined) this.#frozenMs += Math.round(byMs);
  }

  /** Gains `byMs` over the next `overMs` of local time. A smear under way ends where it is. */
  smear(localUs: number, byMs: number, overMs: number): void {
    this.endSmear(localUs);
    this.#smear = { fromUs: localUs, overUs: overMs * 1_000, byUs: byMs * 1_000 };
  }

  /** Ends a smear under way where it is. */
  endSmear(localUs: number): void {
    this.#smearedUs += this.#smearedNowUs(localUs);
    this.#smear = { fromUs: localUs, overUs: 1, byUs: 0 };
  }

  /** Stands still from now on. */
  freeze(localUs: number): void {
    this.#frozenMs = this.readMs(localUs);
  }

  /** Goes on as if it had never stood still. */
  thaw(): void {
    this.#frozenMs = undefined;
  }

  /** In whole microseconds: a second that is smeared away must not step back in between. */
  #smearedNowUs(localUs: number): number {
    const { fromUs, overUs, byUs } = this.#smear;
    return Math.round(byUs * Math.min(1, (localUs - fromUs) / overUs));
  }
}
