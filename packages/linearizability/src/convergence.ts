import { structuralEquals } from './structural.ts';

/** Replicas that hold the same value. */
export interface ConvergedGroup<Value> {
  readonly value: Value;
  readonly replicas: readonly string[];
}

/** What `checkConvergence` found. */
export interface ConvergenceResult<Value, Item> {
  /** Whether all replicas hold the same, and nothing acknowledged is missing. */
  readonly verdict: 'converged' | 'diverged' | 'lost';
  /** One group if converged; the largest comes first. */
  readonly groups: readonly ConvergedGroup<Value>[];
  /** Acknowledged items that some replica does not hold. */
  readonly lost: readonly { readonly item: Item; readonly replicas: readonly string[] }[];
}

/** How to compare values, and what must be in them. */
export interface ConvergenceOptions<Value, Item> {
  /** Default: structural equality. */
  readonly equals?: (left: Value, right: Value) => boolean;
  /** What was acknowledged and must be there. Default: nothing. */
  readonly acknowledged?: readonly Item[];
  /** Whether `value` holds `item`. Needed with `acknowledged`. */
  readonly holds?: (value: Value, item: Item) => boolean;
}

/**
 * Eventual consistency, once it is quiet: all replicas hold the same, and nothing acknowledged is
 * missing.
 *
 * @param values - What each replica holds after all faults are healed and all messages delivered.
 * @throws RangeError if there is no replica, or `acknowledged` comes without `holds`.
 *
 * @remarks O(replicas * (groups + acknowledged)).
 */
export function checkConvergence<Value, Item = never>(
  values: ReadonlyMap<string, Value>,
  options: ConvergenceOptions<Value, Item> = {},
): ConvergenceResult<Value, Item> {
  if (values.size === 0) throw new RangeError('values: expected at least one replica, got none');
  const { equals = structuralEquals, acknowledged = [], holds } = options;
  if (acknowledged.length > 0 && holds === undefined) {
    throw new RangeError('holds: expected a function along with acknowledged, got none');
  }
  const groups: { value: Value; replicas: string[] }[] = [];
  for (const [replica, value] of values) {
    const group = groups.find((known) => equals(known.value, value));
    if (group === undefined) groups.push({ value, replicas: [replica] });
    else group.replicas.push(replica);
  }
  groups.sort((left, right) => right.replicas.length - left.replicas.length);
  const lost = acknowledged
    .map((item) => ({
      item,
      replicas: [...values]
        .filter(([, value]) => !(holds?.(value, item) ?? true))
        .map(([id]) => id),
    }))
    .filter(({ replicas }) => replicas.length > 0);
  const verdict = groups.length > 1 ? 'diverged' : lost.length > 0 ? 'lost' : 'converged';
  return { verdict, groups, lost };
}
