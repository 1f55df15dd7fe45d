import type { Clock, NodeId, Requester } from '@quorate/transport';

import type { Placement } from './placement.ts';

/** How a node takes part in counting. All nodes need the same shares and times. */
export interface ClusterStoreOptions {
  /** This node's id in the placement: `localId` of its transport. */
  readonly localId: NodeId;
  /** Reaches the other members, and serves them the method 'rate-limiter'. */
  readonly requester: Requester;
  readonly clock: Clock;
  /** Who counts which key: `rendezvousPlacement(members)`, or your own. */
  readonly placement: Placement;
  /**
   * How long a node may spend what it leased without asking, in ms. Longer: fewer questions for
   * keys that are rare, and a larger overshoot, as if each interval were so much longer. More than
   * 0. Default: 1,000.
   */
  readonly leaseMs?: number;
  /**
   * The part of a burst that one lease may hold, above 0 and at most 1. Larger: fewer questions for
   * busy keys, and more that one node holds and others miss. Default: 1 / (2 * members).
   */
  readonly leaseShare?: number;
  /**
   * How long a decision waits for the owner, in ms. More than 0, at most `leaseMs`. Default: 100.
   */
  readonly timeoutMs?: number;
  /**
   * How long an owner that did not answer is left alone, in ms. Its keys are decided without it
   * meanwhile, and without waiting. More than 0. Default: 1,000.
   */
  readonly ownerRetryMs?: number;
  /**
   * What to do without the owner. 'localShare' (the default): decide with this node's share.
   * 'reject': reject with an `OwnerUnreachableError`, for a limiter in front that knows better.
   */
  readonly onOwnerUnreachable?: 'localShare' | 'reject';
  /**
   * This node's part of a policy while it cannot reach the owner, above 0 and at most 1. With more
   * than 1 / members, all of them together admit more than the policy. Rounded down: a limit
   * smaller than the cluster leaves no share, and refuses. Default: 1 / members.
   */
  readonly localShare?: number;
  /**
   * The part of its burst that a key begins with at an owner that may have lost what was spent,
   * 0..1, but at least a cost of 1. 1: each restart, and each change of members, is worth a burst
   * to those who know of it. Default: 1 / members.
   */
  readonly startingShare?: number;
  /** Keys counted here, and as many again of shares. At least 1. Default: 100,000. */
  readonly keysMax?: number;
  /** Bytes of their states. At least 1,024. Default: 64 MiB. */
  readonly stateBytesMax?: number;
  /** Keys with leases here, and from here. At least 1. Default: 100,000. */
  readonly leasesMax?: number;
  /** Decisions that wait for owners at once; more go without. At least 1. Default: 10,000. */
  readonly waitingMax?: number;
  /** Charges that can be given back, the newest. At least 1. Default: 65,536. */
  readonly chargesMax?: number;
}

/** The options with nothing left open but what hangs on the members. */
export type ClusterSettings = Required<
  Omit<ClusterStoreOptions, 'leaseShare' | 'localShare' | 'startingShare'>
> &
  Pick<ClusterStoreOptions, 'leaseShare' | 'localShare' | 'startingShare'>;

/**
 * Fills in `options`.
 *
 * @throws RangeError if one is out of its range.
 */
export function clusterSettings(options: ClusterStoreOptions): ClusterSettings {
  const settings = {
    leaseMs: 1_000,
    timeoutMs: 100,
    ownerRetryMs: 1_000,
    onOwnerUnreachable: 'localShare' as const,
    keysMax: 100_000,
    stateBytesMax: 64 * 1_024 * 1_024,
    leasesMax: 100_000,
    waitingMax: 10_000,
    chargesMax: 65_536,
    ...options,
  };
  for (const name of ['leaseMs', 'timeoutMs', 'ownerRetryMs'] as const) {
    const value = settings[name];
    if (!(value > 0 && Number.isFinite(value))) throw refused(name, 'more than 0', value);
  }
  const { leaseMs, timeoutMs, onOwnerUnreachable } = settings;
  // What comes later than the lease ends could not be spent.
  if (timeoutMs > leaseMs) throw refused('timeoutMs', `at most leaseMs, ${leaseMs}`, timeoutMs);
  for (const name of ['leaseShare', 'localShare', 'startingShare'] as const) {
    const value = settings[name] ?? 1;
    const isWithin = value <= 1 && (name === 'startingShare' ? value >= 0 : value > 0);
    if (!isWithin) throw refused(name, 'a part of 1', value);
  }
  for (const name of ['keysMax', 'leasesMax', 'waitingMax', 'chargesMax'] as const) {
    const value = settings[name];
    if (!(Number.isSafeInteger(value) && value >= 1)) throw refused(name, 'an integer >= 1', value);
  }
  const { stateBytesMax } = settings;
  if (!(Number.isSafeInteger(stateBytesMax) && stateBytesMax >= 1_024)) {
    throw refused('stateBytesMax', 'an integer >= 1024', stateBytesMax);
  }
  if (!['localShare', 'reject'].includes(onOwnerUnreachable)) {
    const got = `'${onOwnerUnreachable}'`;
    throw new RangeError(`onOwnerUnreachable: expected 'localShare' or 'reject', got ${got}`);
  }
  return settings;
}

function refused(name: string, expected: string, got: number): RangeError {
  return new RangeError(`${name}: expected ${expected}, got ${got}`);
}
