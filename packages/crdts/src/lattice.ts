/**
 * A join-semilattice: values that only grow, and a least upper bound of any two of them.
 *
 * @remarks
 * Laws, held by the tests of every type of the catalogue: `join` is commutative, associative and
 * idempotent; `leq(a, b)` exactly if `join(a, b)` equals `b`; `bottom` is below everything; `state`
 * is the join of what `decompose(state)` yields, and none of these is the join of the others.
 * States are immutable and canonical: equal states have equal encodings.
 *
 * Source: Shapiro, Preguiça, Baquero and Zawirski, "Conflict-free Replicated Data Types", SSS 2011;
 * Enes, Almeida, Baquero and Leitão, "Efficient Synchronization of State-based CRDTs", ICDE 2019.
 */
export interface Lattice<State> {
  /** Nothing has happened yet. */
  readonly bottom: State;
  /** The least state that has what `left` has and what `right` has. Either may be a delta. */
  join(left: State, right: State): State;
  /** Whether `right` has all that `left` has. */
  leq(left: State, right: State): boolean;
  /** The irreducible parts of `state`, whose join it is. */
  decompose(state: State): Iterable<State>;
}

/**
 * The smallest delta that brings `right` to the join of both: the parts of `left` that `right`
 * lacks.
 *
 * @remarks O(parts of `left`) questions of `leq`.
 */
export function difference<State>(
  lattice: Lattice<NoInfer<State>>,
  left: State,
  right: State,
): State {
  let delta: State = lattice.bottom;
  for (const part of lattice.decompose(left)) {
    if (!lattice.leq(part, right)) delta = lattice.join(delta, part);
  }
  return delta;
}
