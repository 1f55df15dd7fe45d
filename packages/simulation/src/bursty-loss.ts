/**
 * Loss in bursts: the chain of Gilbert and Elliott, without a state to keep.
 *
 * Real links do not lose every hundredth message. They are well for a long while and then lose most
 * of a few dozen. The classic model is a chain of two states, a step for each message: from good to
 * bad with probability p, back with probability r, and a rate of loss for either state.
 *
 * A chain that walks from message to message remembers where it is, so that what happens to one
 * message would hang on all before it: on when the loss began, on what was left out. Here each
 * message looks back for the last one that decides the state whatever it was before. With one draw
 * u for each message,
 *
 * ```text
 *   u < p           bad from here on       from good that is the step p, from bad it stays
 *   u >= 1 - r      good from here on      from bad that is the step r, from good it stays
 *   between         as before: look at the message before this one
 *
 *   u      .31   .004   .52   .77   .93   .08        p = .01, r = .2
 *   state   ?    bad    bad   bad   good  good
 * ```
 *
 * From either state that is exactly the chain, if p + r is at most 1: spells are geometric, of mean
 * 1/p and 1/r, and no message is the first. The state hangs on the seed, the link, the index and
 * the two means, and on nothing else. The price is a look at 1 / (p + r) draws on average.
 *
 * Sources: Gilbert, "Capacity of a burst-noise channel", Bell System Technical Journal 39(5), 1960;
 * Elliott, "Estimates of error rates for codes on burst-noise channels", ibid. 42(5), 1963; the
 * look back is coupling from the past: Propp, Wilson, Random Structures and Algorithms 9, 1996.
 */
import type { Decisions } from './decisions.ts';

/** Spells of good and of bad messages on every link, each link with its own. Lengths are random. */
export interface BurstyLoss {
  /** How many messages a good spell lasts on average, 2..1 000 000. */
  readonly goodCountMean: number;
  /** How many messages a bad spell lasts on average, 2..1 000; so many hashes a message costs. */
  readonly badCountMean: number;
  /** How often a message is lost within a good spell, 0..1. */
  readonly goodLossRate: number;
  /** How often a message is lost within a bad spell, 0..1. */
  readonly badLossRate: number;
}

/** Spells in which nothing is lost. */
export const noBurstyLoss: BurstyLoss = {
  goodCountMean: 1_000,
  badCountMean: 10,
  goodLossRate: 0,
  badLossRate: 0,
};

/**
 * How likely the `index`-th message of a link is lost, given its spell.
 *
 * @param decisions - Those of the link.
 */
export function burstyLossRate(decisions: Decisions, index: number, loss: BurstyLoss): number {
  const { goodLossRate, badLossRate } = loss;
  if (goodLossRate === badLossRate) return goodLossRate;
  return isBad(decisions, index, loss) ? badLossRate : goodLossRate;
}

function isBad(decisions: Decisions, index: number, loss: BurstyLoss): boolean {
  const worsens = 1 / loss.goodCountMean;
  const recovers = 1 / loss.badCountMean;
  for (let at = index; ; at -= 1) {
    const draw = decisions.about('burst', at).float();
    if (draw < worsens) return true;
    if (draw >= 1 - recovers) return false;
  }
}

/**
 * Checks that `value` says all about bursty loss, naming it `name` in what it throws.
 *
 * @throws RangeError if a field is missing, unknown or out of its range.
 */
export function checkBurstyLoss(name: string, value: unknown): asserts value is BurstyLoss {
  if (typeof value !== 'object' || value === null) {
    throw new RangeError(`${name}: expected an object, got ${String(value)}`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const [field, [min, max]] of ranges) {
    const number = fields.get(field);
    fields.delete(field);
    if (typeof number === 'number' && number >= min && number <= max) continue;
    throw new RangeError(`${name}.${field}: expected ${min}..${max}, got ${String(number)}`);
  }
  for (const field of fields.keys()) {
    const known = [...ranges.keys()].join(', ');
    throw new RangeError(`${name}: expected ${known}, got '${field}'`);
  }
}

const ranges: ReadonlyMap<string, readonly [min: number, max: number]> = new Map<
  keyof BurstyLoss,
  readonly [number, number]
>([
  ['goodCountMean', [2, 1_000_000]],
  ['badCountMean', [2, 1_000]],
  ['goodLossRate', [0, 1]],
  ['badLossRate', [0, 1]],
]);
