/**
 * Errors over HTTP as RFC 9457 problem details, with what a client needs to decide on a retry.
 *
 * `indefinite` is the word for the one case that plain status codes cannot say: the write was
 * handed to Raft, its outcome is not known, and it may still take effect later.
 */

/** One way a request can fail. */
export type ProblemCode = keyof typeof problems;

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Whether the same request can succeed later, and sending it again does no harm. */
  readonly retryable: boolean;
  /** Whether the operation may have happened, or may still happen. */
  readonly indefinite: boolean;
}

const definite = { retryable: false, indefinite: false } as const;
const later = { retryable: true, indefinite: false } as const;

const problems = {
  bad_json: { status: 400, title: 'The body is not JSON', ...definite },
  bad_field: { status: 400, title: 'A part of the request is not acceptable', ...definite },
  unauthorized: { status: 401, title: 'The token is missing or wrong', ...definite },
  forbidden: { status: 403, title: 'The API key does not permit this', ...definite },
  not_found: { status: 404, title: 'There is nothing here', ...definite },
  key_not_found: { status: 404, title: 'The key does not exist', ...definite },
  method_not_allowed: { status: 405, title: 'The path does not take this method', ...definite },
  conflict: { status: 409, title: 'Not possible in this state', ...definite },
  deleted: { status: 410, title: 'It was deleted', ...definite },
  revision_mismatch: { status: 412, title: 'The key is at another revision', ...definite },
  too_large: { status: 413, title: 'The request is too large', ...definite },
  unsupported_media_type: { status: 415, title: 'The body is of another type', ...definite },
  key_reused: { status: 422, title: 'The key is that of another request', ...definite },
  too_many_requests: { status: 429, title: 'The quota is used up', ...later },
  internal: { status: 500, title: 'The node failed', retryable: false, indefinite: true },
  no_owner: { status: 503, title: 'No owner of the board could be asked', ...later },
  no_leader: { status: 503, title: 'There is no leader to ask', ...later },
  overloaded: { status: 503, title: 'The leader has too much to do', ...later },
  recovering: { status: 503, title: "The leader's log is being repaired", ...later },
  read_timeout: { status: 504, title: 'The read was not confirmed in time', ...later },
  outcome_unknown: {
    status: 504,
    title: 'Whether the write took effect is not known',
    retryable: false,
    indefinite: true,
  },
  unconfirmed: {
    status: 504,
    title: 'The change is on one disk only',
    retryable: true,
    indefinite: true,
  },
  disk_full: { status: 507, title: 'The disk of the leader is full', ...later },
  store_full: { status: 507, title: 'The store holds as much as it may', ...later },
} as const satisfies Record<string, ProblemKind>;

/** What a problem says beyond its code. */
export interface ProblemDetails {
  /** What happened this time, in a sentence. */
  readonly detail: string;
  /** The part of the request that is wrong: 'key', 'value', 'If-Match', 'read', 'body' … */
  readonly field?: string;
  /** The revision the key is at; `null` if it does not exist. */
  readonly currentRevision?: number | null;
}

/** Seconds after which asking again makes sense: an election takes about one. */
const retryAfterSeconds = '1';

/**
 * The response for a failed request.
 *
 * @example
 * ```ts
 * problem('key_not_found', { detail: 'no key limits/api' }).status; // => 404
 * ```
 */
export function problem(code: ProblemCode, details: ProblemDetails): Response {
  const { status, title, retryable, indefinite }: ProblemKind = problems[code];
  const type = `urn:quorate:problem:${code.replaceAll('_', '-')}`;
  const body = { type, title, status, ...details, code, retryable, indefinite };
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (status === 503) headers.set('retry-after', retryAfterSeconds);
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  return new Response(JSON.stringify(body), { status, headers });
}
