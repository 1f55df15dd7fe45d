/** Flags and quotas as people type them. */

/** A quota as it stands in the fields. */
export interface TypedQuota {
  readonly caller: string;
  readonly limit: string;
  readonly windowMs: string;
}

/** What is wrong with the name of a flag; undefined if nothing is. */
export function flagProblem(name: string): string | undefined {
  return /^[\w.-]{1,64}$/.test(name) ? undefined : 'expected 1..64 letters, digits, . _ or -';
}

/** What is wrong with which field; nothing, if the quota can be written. */
export function quotaProblem({ caller, limit, windowMs }: TypedQuota): Record<string, string> {
  const isCaller = caller === '*' || /^[\w-]{1,64}$/.test(caller);
  return {
    ...(!isCaller && { caller: 'expected the name of an API key, or *' }),
    ...(!isWhole(limit, 1_000_000_000) && { limit: 'expected a whole number of at least 1' }),
    ...(!isWhole(windowMs, 86_400_000) && { windowMs: 'expected 1..86400000' }),
  };
}

/** The quotas with one more, or another one in its place. */
export function withQuota(json: string, { caller, limit, windowMs }: TypedQuota): string {
  const quotas = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const quota = { limit: Number(limit), windowMs: Number(windowMs) };
  return JSON.stringify({ ...quotas, [caller]: quota });
}

function isWhole(text: string, max: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
}
