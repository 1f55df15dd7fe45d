/** Why a request was refused, as RFC 9457 has it: the body of the response. */
export interface RateLimitProblem {
  /** A URI that names the kind of problem. */
  readonly type: string;
  /** The same for people. */
  readonly title: string;
  /** The status of the response, too. */
  readonly status: 429 | 503;
  /** The names of the policies that did not admit it. */
  readonly 'violated-policies': readonly string[];
}

/** The content type of a problem. */
export const problemType = 'application/problem+json';

const registry = 'https://iana.org/assignments/http-problem-types';

/** The client has used up what `policyNames` give it. */
export function quotaExceeded(policyNames: readonly string[]): RateLimitProblem {
  return {
    type: `${registry}#quota-exceeded`,
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    status: 429,
    'violated-policies': policyNames,
  };
}

/** The server cannot say whether the request may be served, and so does not serve it. */
export function temporaryReducedCapacity(policyNames: readonly string[]): RateLimitProblem {
  return {
    type: `${registry}#temporary-reduced-capacity`,
    title: 'Request cannot be satisfied due to temporary server capacity constraints',
    status: 503,
    'violated-policies': policyNames,
  };
}
