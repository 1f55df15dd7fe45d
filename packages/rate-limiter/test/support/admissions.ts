/** Cost that was admitted, and when, in true time. */
export interface Admission {
  readonly atMs: number;
  readonly cost: number;
}

/** A time in which somebody admitted: a node that believed to own a key, or one with its share. */
export interface Reign {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How much one who reigns admits. */
export interface Rate {
  /** At once, after a rest. */
  readonly burst: number;
  /** At once, at the beginning of a reign. */
  readonly starting: number;
  readonly perMs: number;
}

/** Who may have admitted, how much, and how long after it was counted. */
export interface Source {
  readonly reigns: readonly Reign[];
  readonly rate: Rate;
  /** What is admitted now was counted at most so long ago. */
  readonly delayMs: number;
}

/** More was admitted in an interval than all sources together could. */
export interface Excess {
  readonly fromMs: number;
  readonly toMs: number;
  readonly admitted: number;
  readonly bound: number;
}

/**
 * The worst excess in any interval between two admissions, or none.
 *
 * In an interval from s to e, a source admits what it counted in it or up to `delayMs` before: a
 * burst if it reigned then, what it starts with for each reign since, and its rate for as long as
 * it reigned. All of these are differences of functions of e and s, so that one pass that remembers
 * the best s suffices.
 */
export function worstExcess(
  admissions: readonly Admission[],
  sources: readonly Source[],
): Excess | undefined {
  let total = 0;
  let least = { value: Infinity, atMs: 0, before: 0 };
  let worst: (Excess & { readonly by: number }) | undefined;
  for (const { atMs, cost } of admissions) {
    const granted = sum(sources.map(({ reigns, rate }) => grantedUntil(reigns, rate, atMs)));
    const inherited = sum(
      sources.map(({ reigns, rate, delayMs }) => inheritedAt(reigns, rate, atMs - delayMs)),
    );
    const start = total + inherited;
    if (start < least.value) least = { value: start, atMs, before: total };
    total += cost;
    const by = total - granted - least.value;
    // Rounded numbers of many milliseconds add up to less than a thousandth.
    if (by <= 0.001 || by <= (worst?.by ?? 0)) continue;
    const admitted = total - least.before;
    worst = { fromMs: least.atMs, toMs: atMs, admitted, bound: admitted - by, by };
  }
  if (worst === undefined) return undefined;
  const { fromMs, toMs, admitted, bound } = worst;
  return { fromMs, toMs, admitted, bound };
}

/** All that reigns have given out until `atMs`, as if each began with `starting`. */
function grantedUntil(reigns: readonly Reign[], { starting, perMs }: Rate, atMs: number): number {
  return sum(
    reigns.map(({ fromMs, toMs }) =>
      atMs < fromMs ? 0 : starting + perMs * (Math.min(atMs, toMs) - fromMs),
    ),
  );
}

/** What an interval that begins at `atMs` has before it: bursts less what was given out. */
function inheritedAt(reigns: readonly Reign[], rate: Rate, atMs: number): number {
  const active = reigns.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs);
  return active.length * rate.burst - grantedUntil(reigns, rate, atMs);
}

function sum(values: readonly number[]): number {
  return values.reduce((left, right) => left + right, 0);
}
