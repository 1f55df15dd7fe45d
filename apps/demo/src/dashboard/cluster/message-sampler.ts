/** More dots than this in a second are noise: the others are counted, and the page says so. */
const shownPerSecondMax = 200;

/**
 * Chooses which messages are drawn: all of them while they are few, however they come in bursts;
 * else of each window its share, evenly spread, so that no node is drawn more than another.
 */
export class MessageSampler {
  /** Dots that may still be drawn; as many come back in a second as may be drawn in one. */
  #room = shownPerSecondMax;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Those of `items`, the messages of one window of one node, that are drawn. */
  take<Item>(items: readonly Item[], windowsPerSecond: number, nowMs: number): readonly Item[] {
    const regained = ((nowMs - this.#atMs) / 1_000) * shownPerSecondMax;
    this.#room = Math.min(shownPerSecondMax, this.#room + regained);
    this.#atMs = nowMs;
    const isRoomy = this.#room - items.length > shownPerSecondMax / 2;
    const share = Math.ceil(shownPerSecondMax / windowsPerSecond);
    const taken = isRoomy ? items : thinned(items, Math.min(share, Math.floor(this.#room)));
    this.#room -= taken.length;
    return taken;
  }
}

/** At most `count` of `items`, evenly spread. */
function thinned<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  const step = items.length / count;
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
