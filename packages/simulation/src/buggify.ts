/**
 * Rare branches made frequent.
 *
 * Code has branches that it takes once a year: a batch of one, a timeout that is far too early, a
 * compaction between two writes. A point asks whether to take one now. In production nobody
 * answers, and it costs an optional call; in a simulation the answer is yes now and then.
 *
 * If every point fired all the time they would hide each other, as faults do. So when points are
 * switched on, each is live in this run or is not, by chance, and only live ones fire.
 *
 * Source: Zhou et al., "FoundationDB: A Distributed Unbundled Transactional Key Value Store",
 * SIGMOD 2021, section 4: buggification.
 */
import { Decisions } from './decisions.ts';

/**
 * Asks whether to do something rare but allowed at this point of the code.
 *
 * @param id - Names the point, such as 'log.tinyBatch'. At most 1 000 points in one simulation.
 * @param rate - How often a live point fires, 0..1. The default is 1/4.
 * @returns false unless the simulation has switched its points on.
 * @throws RangeError if `rate` is out of its range, or there are too many points.
 */
export type Buggify = (id: string, rate?: number) => boolean;

const pointsMax = 1_000;

/** Which points of one simulation are live. */
export class LivePoints {
  readonly #seed: number;
  /** One number in [0, 1) for each point: it is live while that is below the share. */
  readonly #places = new Map<string, number>();
  #share = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Makes that share of the points live, 0..1. A larger share has those of a smaller. */
  switchOn(share: number): void {
    this.#share = share;
  }

  /** Whether the point is live. */
  has(id: string): boolean {
    if (this.#share === 0) return false;
    return this.#placeOf(id) < this.#share;
  }

  #placeOf(id: string): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    if (this.#places.size === pointsMax) {
      throw new RangeError(`id: expected at most ${pointsMax} points, got '${id}' as one more`);
    }
    const place = new Decisions(this.#seed, `point ${id}`).about('buggify', 0).float();
    this.#places.set(id, place);
    return place;
  }
}

/** The points of one node, through all its lives. */
export class NodePoints {
  readonly #seed: number;
  readonly #nodeId: string;
  readonly #live: LivePoints;
  readonly #asked = new Map<string, { readonly decisions: Decisions; count: number }>();

  constructor(seed: number, nodeId: string, live: LivePoints) {
    this.#seed = seed;
    this.#nodeId = nodeId;
    this.#live = live;
  }

  /** Whether the point fires now. The n-th question about it while it is live has one answer. */
  fires(id: string, rate: number): boolean {
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(`rate: expected 0..1, got ${String(rate)}`);
    }
    if (!this.#live.has(id)) return false;
    let point = this.#asked.get(id);
    if (point === undefined) {
      point = { decisions: new Decisions(this.#seed, `point ${id} of ${this.#nodeId}`), count: 0 };
      this.#asked.set(id, point);
    }
    return point.decisions.about('buggify', point.count++).isHit(rate);
  }
}
