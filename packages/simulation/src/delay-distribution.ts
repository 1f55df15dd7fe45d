import type { Decisions } from './decisions.ts';
import { normalQuantile, portableExp, portableLog } from './portable-math.ts';

/**
 * How long something takes, as data. All times in ms, at least 0.
 *
 * - `constant`: always `ms`.
 * - `uniform`: every value in `minMs`..`maxMs` equally likely.
 * - `exponential`: `minMs` plus an exponential of mean `meanMs`. Queueing behind random traffic.
 * - `lognormal`: `minMs` plus `medianMs` times e^(sigma Z). Round trips within a data centre.
 * - `gamma`: `minMs` plus a gamma of `shape` and `scaleMs`. Wide-area round trips fit shapes near
 *   1.7.
 * - `pareto`: at least `minMs`, P(delay > t) = (minMs / t)^alpha, cut at `maxMs`. Pauses and
 *   stalls.
 * - `trace`: `samplesMs`, one after the other on each link, over and over.
 */
export type DelayDistribution =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly minMs: number; readonly meanMs: number }
  | {
      readonly kind: 'lognormal';
      readonly minMs: number;
      readonly medianMs: number;
      readonly sigma: number;
    }
  | {
      readonly kind: 'gamma';
      readonly minMs: number;
      readonly shape: number;
      readonly scaleMs: number;
    }
  | {
      readonly kind: 'pareto';
      readonly minMs: number;
      readonly alpha: number;
      readonly maxMs: number;
    }
  | { readonly kind: 'trace'; readonly samplesMs: readonly number[] };

/**
 * One delay of `distribution`, in ms.
 *
 * @param draws - Turned to the decision in question.
 * @param index - Which message or operation it is about; only `trace` looks at it.
 */
export function sampleDelayMs(
  distribution: DelayDistribution,
  draws: Decisions,
  index: number,
): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.ms;
    case 'uniform':
      return distribution.minMs + draws.float() * (distribution.maxMs - distribution.minMs);
    case 'exponential':
      return distribution.minMs - distribution.meanMs * portableLog(1 - draws.float());
    case 'lognormal': {
      const z = normalQuantile(openUnit(draws));
      return distribution.minMs + distribution.medianMs * portableExp(distribution.sigma * z);
    }
    case 'gamma':
      return distribution.minMs + distribution.scaleMs * standardGamma(distribution.shape, draws);
    case 'pareto': {
      const factor = portableExp(-portableLog(1 - draws.float()) / distribution.alpha);
      return Math.min(distribution.maxMs, distribution.minMs * factor);
    }
    case 'trace':
      return distribution.samplesMs[index % distribution.samplesMs.length] ?? 0;
  }
}

/** A draw in (0, 1): never 0, whose normal quantile is infinite. */
function openUnit(draws: Decisions): number {
  return Math.max(draws.float(), 5.551115123125783e-17);
}

/**
 * A gamma variate of `shape` and scale 1.
 *
 * Source: Marsaglia, Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000;
 * section 6 for shapes below 1.
 */
function standardGamma(shape: number, draws: Decisions): number {
  if (shape < 1) {
    const boost = portableExp(portableLog(openUnit(draws)) / shape);
    return boost * standardGamma(shape + 1, draws);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalQuantile(openUnit(draws));
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (portableLog(openUnit(draws)) < 0.5 * x * x + d - d * v + d * portableLog(v)) return d * v;
  }
}

/**
 * Checks that `value` is a distribution, naming it `name` in what it throws.
 *
 * @throws RangeError if its kind is unknown, a time is negative or not finite, a shape is not
 *   positive, or `samplesMs` is empty.
 */
export function checkDelayDistribution(
  name: string,
  value: unknown,
): asserts value is DelayDistribution {
  if (typeof value !== 'object' || value === null) {
    throw new RangeError(`${name}: expected an object with a kind, got ${String(value)}`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const kind = fields.get('kind');
  const times = typeof kind === 'string' ? timesByKind.get(kind) : undefined;
  if (times === undefined) {
    const known = [...timesByKind.keys()].join(', ');
    throw new RangeError(`${name}.kind: expected one of ${known}, got ${String(kind)}`);
  }
  for (const field of times) expectDelay(`${name}.${field}`, fields.get(field));
  if (kind === 'gamma') expectPositive(`${name}.shape`, fields.get('shape'));
  if (kind === 'pareto') expectPositive(`${name}.alpha`, fields.get('alpha'));
  if (kind === 'trace') checkSamples(`${name}.samplesMs`, fields.get('samplesMs'));
  const [minMs, maxMs] = [fields.get('minMs'), fields.get('maxMs')];
  if (typeof minMs === 'number' && typeof maxMs === 'number' && minMs > maxMs) {
    throw new RangeError(`${name}.maxMs: expected at least minMs (${minMs}), got ${maxMs}`);
  }
}

/** The fields of each kind that are a time, or as a time, at least 0. */
const timesByKind: ReadonlyMap<string, readonly string[]> = new Map<
  DelayDistribution['kind'],
  readonly string[]
>([
  ['constant', ['ms']],
  ['uniform', ['minMs', 'maxMs']],
  ['exponential', ['minMs', 'meanMs']],
  ['lognormal', ['minMs', 'medianMs', 'sigma']],
  ['gamma', ['minMs', 'scaleMs']],
  ['pareto', ['minMs', 'maxMs']],
  ['trace', []],
]);

function checkSamples(name: string, samplesMs: unknown): void {
  if (!Array.isArray(samplesMs) || samplesMs.length === 0) {
    throw new RangeError(`${name}: expected an array of at least 1 delay`);
  }
  samplesMs.forEach((ms: unknown, index) => expectDelay(`${name}[${index}]`, ms));
}

function expectDelay(name: string, ms: unknown): void {
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0) return;
  throw new RangeError(`${name}: expected a finite number, at least 0, got ${String(ms)}`);
}

function expectPositive(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  throw new RangeError(`${name}: expected a finite number above 0, got ${String(value)}`);
}
