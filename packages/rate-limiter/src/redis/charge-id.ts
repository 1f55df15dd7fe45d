/**
 * What a charge was, written into its name.
 *
 * A refund has to know what was charged: under which policies, how much, and when. Kept in Redis,
 * that would be another write for every decision, although few are refunded. So the name says it,
 * and Redis keeps only, for as long as it matters, that a refund was made. Any process can make it.
 *
 * A name is not a secret and not a proof: whoever can hand one to `refund` can give back what it
 * says. It belongs to the application, not to its clients.
 */
import {
  COST_MAX,
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../policy.ts';

/** One limit of a charge. */
export interface ChargedLimit {
  readonly key: string;
  readonly policy: RatePolicy;
  readonly cost: number;
  /** The instant that the charge is counted under. */
  readonly chargedAtUs: number;
}

/** A charge as its name tells it. */
export interface Charge {
  /** Other for every charge. */
  readonly nonce: string;
  readonly limits: readonly ChargedLimit[];
}

const MARK = 'redis1:';

/** The name of a charge of `limits`: what {@link describeLimit} says of each, between commas. */
export function chargeIdOf(nonce: string, limits: string): string {
  return `${MARK}["${nonce}",${limits}]`;
}

/** One limit of a charge, for its name. */
export function describeLimit(
  { key, cost, chargedAtUs }: Omit<ChargedLimit, 'policy'>,
  policyText: string,
): string {
  return `[${policyText},${JSON.stringify(key)},${cost},${chargedAtUs}]`;
}

/** A policy as {@link describeLimit} takes it. */
export function describePolicy(policy: RatePolicy): string {
  const { kind, name, limit, windowMs } = policy;
  const special = 'burst' in policy ? policy.burst : 'anchor' in policy ? policy.anchor : 0;
  return JSON.stringify([kind, name, limit, windowMs, special]);
}

/** What `chargeId` tells, or `undefined` if it is no name of a charge. */
export function readChargeId(chargeId: string): Charge | undefined {
  if (!chargeId.startsWith(MARK)) return undefined;
  try {
    const parsed: unknown = JSON.parse(chargeId.slice(MARK.length));
    if (!Array.isArray(parsed)) return undefined;
    const list: readonly unknown[] = parsed;
    const [nonce, ...parts] = list;
    if (typeof nonce !== 'string' || !/^[\w-]{1,40}$/.test(nonce)) return undefined;
    const limits = parts.map(limitOf).filter((limit) => limit !== undefined);
    const isWhole = limits.length === parts.length && limits.length > 0 && limits.length <= 16;
    return isWhole ? { nonce, limits } : undefined;
  } catch {
    return undefined;
  }
}

function limitOf(part: unknown): ChargedLimit | undefined {
  if (!Array.isArray(part)) return undefined;
  const list: readonly unknown[] = part;
  const [policyPart, key, cost, chargedAtUs] = list;
  const policy = policyOf(policyPart);
  if (policy === undefined || typeof key !== 'string') return undefined;
  if (typeof cost !== 'number' || !Number.isInteger(cost) || cost < 1 || cost > COST_MAX) {
    return undefined;
  }
  if (typeof chargedAtUs !== 'number' || !Number.isSafeInteger(chargedAtUs)) return undefined;
  return { key, policy, cost, chargedAtUs };
}

/** Throws for a policy that no constructor makes. */
function policyOf(part: unknown): RatePolicy | undefined {
  if (!Array.isArray(part)) return undefined;
  const list: readonly unknown[] = part;
  const [kind, name, limit, windowMs, special] = list;
  if (typeof name !== 'string' || typeof limit !== 'number' || typeof windowMs !== 'number') {
    return undefined;
  }
  const options = { name, limit, windowMs };
  if (kind === 'gcra' && typeof special === 'number') return gcra({ ...options, burst: special });
  if (kind === 'tokenBucket' && typeof special === 'number') {
    return tokenBucket({ ...options, burst: special });
  }
  if (kind === 'fixedWindow' && (special === 'aligned' || special === 'firstRequest')) {
    return fixedWindow({ ...options, anchor: special });
  }
  if (kind === 'slidingWindowLog') return slidingWindowLog(options);
  return kind === 'slidingWindowCounter' ? slidingWindowCounter(options) : undefined;
}
