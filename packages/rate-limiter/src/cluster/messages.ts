import type { RatePolicy } from '../policy.ts';

/** The method that members serve one another. */
export const METHOD = 'rate-limiter';

/** What a node asks the owner of a key. */
export type ClusterRequest = LeaseRequest | GiveBackRequest | BlockRequest | ResetRequest;

interface AboutKey {
  readonly key: string;
  readonly policy: RatePolicy;
}

/** Cost to spend without asking again. */
export interface LeaseRequest extends AboutKey {
  readonly kind: 'lease';
  /** Without so much, nothing. 0 looks and takes nothing. */
  readonly needed: number;
  /** So much would be welcome. At least `needed`. */
  readonly wanted: number;
  /** What has to be left at the owner behind `needed`. */
  readonly headroom: number;
  /** What is left of an earlier lease, and will not be spent. */
  readonly returned: { readonly leaseId: number; readonly cost: number } | undefined;
}

/** Cost that was spent on requests that do not count after all. */
export interface GiveBackRequest extends AboutKey {
  readonly kind: 'giveBack';
  readonly cost: number;
  /** How long ago it was spent: what time has given back since is not given back again. */
  readonly ageMs: number;
}

/** The key is limited for a while, whatever it has left. */
export interface BlockRequest extends AboutKey {
  readonly kind: 'block';
  readonly durationMs: number;
}

/** What is known of the key is forgotten. */
export interface ResetRequest extends AboutKey {
  readonly kind: 'reset';
}

/** What the node that was asked answers. */
export type ClusterReply =
  | LeaseGranted
  | LeaseLimited
  /** By its own placement, another node owns the key. Nothing was done. */
  | { readonly kind: 'notOwner' }
  | { readonly kind: 'done' };

interface KeyState {
  /** What the owner would admit at once besides. */
  readonly remaining: number;
  readonly resetAfterMs: number;
}

/** The cost is charged at the owner, and the asker's to spend. */
export interface LeaseGranted extends KeyState {
  readonly kind: 'granted';
  readonly leaseId: number;
  /** From `needed` to `wanted`. */
  readonly cost: number;
  /** How long it may be spent, from when it was asked for. */
  readonly leaseMs: number;
}

/** Nothing was charged. */
export interface LeaseLimited extends KeyState {
  readonly kind: 'limited';
  readonly reason: 'limitReached' | 'costAboveLimit' | 'blocked';
  /** Infinity for never. */
  readonly retryAfterMs: number;
}
