/** What the page and the workers that play other seeds say to each other. */

/** To a worker: play the run of `link` with another seed. */
export interface PlaySeed {
  readonly kind: 'seed';
  readonly link: string;
  readonly seed: number;
}

/** From a worker. */
export interface SeedPlayed {
  readonly kind: 'played';
  readonly seed: number;
  readonly holds: boolean;
  /** What does not hold, in a sentence; empty if all does. */
  readonly detail: string;
  /** The part of an address that opens this run at its end. */
  readonly link: string;
}
