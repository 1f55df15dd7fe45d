import { burstyLossRate } from './bursty-loss.ts';
import type { DecisionKind, Decisions } from './decisions.ts';
import type { Link } from './link.ts';
import type { NetworkSettings } from './network-options.ts';

/** How many decisions against messages are remembered. */
const mishapsMax = 10_000;

/** A message as it was sent, or its double. */
export type Copy = 'original' | 'duplicate';

/** What chance may do to a copy of a message, so that it is not what arrives. */
export type ChanceLoss = 'loss' | 'burst' | 'damage';

/** The names of the decisions about each copy: those about one leave the other alone. */
const kindsOf = {
  original: { loss: 'loss', burst: 'burstLoss', flip: 'flip', bits: 'flippedBits' },
  duplicate: {
    loss: 'duplicateLoss',
    burst: 'duplicateBurstLoss',
    flip: 'duplicateFlip',
    bits: 'duplicateFlippedBits',
  },
} as const;

/**
 * Decides what chance does to messages, each by its link and its place on it, and remembers what it
 * decided against them.
 */
export class Fates {
  readonly #spared: ReadonlySet<string>;
  readonly #mishaps: string[] = [];

  /** @param spared - Names of mishaps that shall not happen. */
  constructor(spared: readonly string[]) {
    this.#spared = new Set(spared);
  }

  /** The names of the first `mishapsMax` decisions against messages. */
  get mishaps(): readonly string[] {
    return this.#mishaps;
  }

  /** Whether chance, which is asked first and so stays in step, strikes and is not overruled. */
  isHit(link: Link, kind: DecisionKind, index: number, rate: number): boolean {
    if (rate === 0 || !link.decisions.about(kind, index).isHit(rate)) return false;
    const name = `${link.source.nodeId}>${link.target.nodeId} ${index} ${kind}`;
    if (this.#spared.has(name)) return false;
    if (this.#mishaps.length < mishapsMax) this.#mishaps.push(name);
    return true;
  }

  /** Why a copy of the `index`-th message of `link` does not arrive as it is, if it does not. */
  lossOf(link: Link, copy: Copy, index: number, settings: NetworkSettings): ChanceLoss | undefined {
    const { lossRate, burstyLoss, damageRate } = settings;
    const kinds = kindsOf[copy];
    if (this.isHit(link, kinds.loss, index, lossRate)) return 'loss';
    const burstRate = burstyLossRate(link.decisions, index, burstyLoss);
    if (this.isHit(link, kinds.burst, index, burstRate)) return 'burst';
    return this.isHit(link, kinds.flip, index, damageRate) ? 'damage' : undefined;
  }
}

/** `payload`, at least one byte, with one to eight of its bits flipped. */
export function withFlippedBits(
  payload: Uint8Array,
  decisions: Decisions,
  copy: Copy,
  index: number,
): Uint8Array {
  const draws = decisions.about(kindsOf[copy].bits, index);
  const bitCount = 1 + draws.int(8);
  // Each bit at most once: flipped twice it would be as it was.
  const bits = new Set(Array.from({ length: bitCount }, () => draws.int(8 * payload.length)));
  const flipped = payload.slice();
  for (const bit of bits) flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}
