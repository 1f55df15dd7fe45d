import type { Clock, Timer } from './clock.ts';
import type { Random } from './random.ts';

/** An attempt of a carrier to reach a peer. */
export interface Dialing {
  /** Gives the attempt up. Nothing is reported afterwards. */
  cancel(): void;
}

/** When and how a `Redialer` dials. */
export interface RedialOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly redialMsMin: number;
  readonly redialMsMax: number;
  /**
   * Starts an attempt and calls `failed`, never at once, if it comes to nothing at whatever stage.
   */
  dial(failed: () => void): Dialing;
}

/**
 * Decides when one peer is dialed again: at a random moment of a span that doubles with every
 * failure. Drawing from the whole span ("full jitter") is what keeps the nodes of a cluster, which
 * all lose the same peer at the same moment, from coming back at the same moment.
 *
 * @remarks
 * A session that did not outlive the longest span counts as one more failure, so that a peer that
 * accepts and hangs up is not dialed in a tight loop.
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export class Redialer {
  readonly #options: RedialOptions;
  #failureCount = 0;
  #upAtMs: number | undefined;
  #timer: Timer | undefined;
  #dialing: Dialing | undefined;

  constructor(options: RedialOptions) {
    this.#options = options;
  }

  /** Sees to it that the peer is dialed, unless that is under way. At once the first time. */
  want(): void {
    if (this.#timer !== undefined || this.#dialing !== undefined) return;
    if (this.#failureCount === 0) {
      this.#dial();
      return;
    }
    const { clock, random, redialMsMin, redialMsMax } = this.#options;
    const spanMs = Math.min(redialMsMax, redialMsMin * 2 ** (this.#failureCount - 1));
    this.#timer = clock.setTimer(random.float() * spanMs, () => {
      this.#timer = undefined;
      this.#dial();
    });
  }

  /** There is a session, dialed by whomever: any attempt is over. */
  up(): void {
    this.stop();
    this.#upAtMs = this.#options.clock.nowMs();
  }

  /** The session is lost. */
  down(): void {
    const { clock, redialMsMax } = this.#options;
    const wasStable = this.#upAtMs !== undefined && clock.nowMs() - this.#upAtMs >= redialMsMax;
    this.#failureCount = wasStable ? 1 : this.#failureCount + 1;
    this.#upAtMs = undefined;
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dialing?.cancel();
    this.#dialing = undefined;
  }

  #dial(): void {
    const dialing = this.#options.dial(() => {
      // An attempt given up may still fail; the one that took its place goes on.
      if (this.#dialing !== dialing) return;
      this.#dialing = undefined;
      this.#failureCount += 1;
      this.want();
    });
    this.#dialing = dialing;
  }
}
