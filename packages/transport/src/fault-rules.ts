import type { NodeId } from './node-id.ts';
import type { ProtocolName } from './protocol-name.ts';
import type { Random } from './random.ts';

/** How long messages are held back. All in ms, at least 0. */
export type DelayDistribution =
  /** Every value in `minMs..maxMs` equally likely; both the same for a constant delay. */
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** At least `minMs`, beyond it exponential: mostly short, sometimes many times `meanMs`. */
  | { readonly kind: 'exponential'; readonly minMs: number; readonly meanMs: number }
  /** Half of them below `medianMs`; `sigma` (of the logarithm) about 0.6 on the open internet. */
  | { readonly kind: 'logNormal'; readonly medianMs: number; readonly sigma: number };

/**
 * One thing that is wrong with the network. Plain data: it can be printed, sent and replayed.
 * A node never has trouble reaching itself.
 */
export type FaultRule =
  /** No message passes between two groups. Nodes of no group reach, and are reached by, all. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly NodeId[])[] }
  /** Nothing passes from `from` to `to`. The other direction works: half a partition. */
  | { readonly kind: 'cut'; readonly from: readonly NodeId[]; readonly to: readonly NodeId[] }
  | Disturbance;

/** Messages of a kind are lost, doubled or late. Who or what is left out means all. */
export interface Disturbance {
  readonly kind: 'disturb';
  readonly from?: readonly NodeId[];
  readonly to?: readonly NodeId[];
  readonly protocol?: ProtocolName;
  /** Chance that a message is lost, 0..1. */
  readonly lossRate?: number;
  /** Chance that a message arrives twice, 0..1. The copies are delayed apart. */
  readonly duplicationRate?: number;
  /** How long each copy is held back. Different delays reorder. */
  readonly delayMs?: DelayDistribution;
}

/** What is to happen to one message: how long each of its copies is held. None: it is lost. */
type Fate = readonly number[];

const UNTOUCHED: Fate = [0];
const LOST: Fate = [];

/**
 * States that `rules` can be followed.
 *
 * @throws RangeError naming the first value that cannot.
 */
export function checkRules(rules: readonly FaultRule[]): void {
  for (const rule of rules) {
    if (rule.kind === 'disturb') {
      checkRate('lossRate', rule.lossRate ?? 0);
      checkRate('duplicationRate', rule.duplicationRate ?? 0);
      if (rule.delayMs !== undefined) checkDelay(rule.delayMs);
    }
  }
}

/** Whether a partition or a cut keeps every message of `from` from reaching `to`. */
export function isCutOff(rules: readonly FaultRule[], from: NodeId, to: NodeId): boolean {
  if (from === to) return false;
  return rules.some((rule) => {
    switch (rule.kind) {
      case 'partition': {
        const source = rule.groups.findIndex((group) => group.includes(from));
        const target = rule.groups.findIndex((group) => group.includes(to));
        return source >= 0 && target >= 0 && source !== target;
      }
      case 'cut':
        return rule.from.includes(from) && rule.to.includes(to);
      case 'disturb':
        return false;
    }
  });
}

/**
 * Draws what happens to one message. Every rule that matches has its say: chances are drawn one
 * after another, delays add up.
 */
export function drawFate(
  rules: readonly FaultRule[],
  message: { readonly from: NodeId; readonly to: NodeId; readonly protocol: ProtocolName },
  random: Random,
): Fate {
  if (message.from === message.to) return UNTOUCHED;
  if (isCutOff(rules, message.from, message.to)) return LOST;
  let delays: number[] | undefined;
  for (const rule of rules) {
    if (rule.kind !== 'disturb' || !matches(rule, message)) continue;
    if (happens(rule.lossRate, random)) return LOST;
    delays ??= [0];
    if (happens(rule.duplicationRate, random)) delays.push(...delays);
    const { delayMs } = rule;
    if (delayMs !== undefined) delays = delays.map((held) => held + drawDelayMs(delayMs, random));
  }
  return delays ?? UNTOUCHED;
}

function matches(
  rule: Disturbance,
  message: { readonly from: NodeId; readonly to: NodeId; readonly protocol: ProtocolName },
): boolean {
  if (rule.from !== undefined && !rule.from.includes(message.from)) return false;
  if (rule.to !== undefined && !rule.to.includes(message.to)) return false;
  return rule.protocol === undefined || rule.protocol === message.protocol;
}

function happens(rate: number | undefined, random: Random): boolean {
  return rate !== undefined && random.float() < rate;
}

function drawDelayMs(distribution: DelayDistribution, random: Random): number {
  switch (distribution.kind) {
    case 'uniform': {
      const { minMs, maxMs } = distribution;
      return minMs + random.float() * (maxMs - minMs);
    }
    case 'exponential':
      // 1 - u lies in (0, 1], so the logarithm is finite.
      return distribution.minMs - Math.log(1 - random.float()) * distribution.meanMs;
    case 'logNormal': {
      const radius = Math.sqrt(-2 * Math.log(1 - random.float()));
      const normal = radius * Math.cos(2 * Math.PI * random.float());
      return distribution.medianMs * Math.exp(distribution.sigma * normal);
    }
  }
}

function checkRate(name: string, rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`${name}: expected 0..1, got ${rate}`);
}

function checkDelay(distribution: DelayDistribution): void {
  switch (distribution.kind) {
    case 'uniform':
      checkAtLeast('minMs', distribution.minMs, 0);
      checkAtLeast('maxMs', distribution.maxMs, distribution.minMs);
      return;
    case 'exponential':
      checkAtLeast('minMs', distribution.minMs, 0);
      checkAtLeast('meanMs', distribution.meanMs, 0);
      return;
    case 'logNormal':
      checkAtLeast('medianMs', distribution.medianMs, 0);
      checkAtLeast('sigma', distribution.sigma, 0);
      return;
  }
}

function checkAtLeast(name: string, value: number, min: number): void {
  if (Number.isFinite(value) && value >= min) return;
  throw new RangeError(`${name}: expected a finite number >= ${min}, got ${value}`);
}
