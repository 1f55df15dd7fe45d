/** Holds a circuit open. Dispose of it, or release it, to let go. */
export interface ForcedOpen extends Disposable {
  /**
   * Lets go. When the last one does, trial calls decide; a circuit that was disabled or only
   * watched is so again. Does nothing the second time, or after the state was changed by hand.
   */
  release(): void;
}

/**
 * Those who hold one circuit open.
 *
 * Two people may do so for reasons of their own: a deployment, and an incident. Each has a handle,
 * and the circuit is free once the last has let go. A switch would be turned off by whoever is done
 * first.
 */
export class Holders {
  readonly #onLastGone: () => void;
  readonly #holders = new Set<ForcedOpen>();

  /** @param onLastGone - Called when the last of them lets go. */
  constructor(onLastGone: () => void) {
    this.#onLastGone = onLastGone;
  }

  /** Whether nobody holds it. */
  get isEmpty(): boolean {
    return this.#holders.size === 0;
  }

  /** One more. */
  add(): ForcedOpen {
    const release = (): void => {
      if (this.#holders.delete(holder) && this.isEmpty) this.#onLastGone();
    };
    const holder: ForcedOpen = { release, [Symbol.dispose]: release };
    this.#holders.add(holder);
    return holder;
  }

  /** Takes it out of their hands: letting go does nothing any more. */
  clear(): void {
    this.#holders.clear();
  }
}
