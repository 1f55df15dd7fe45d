/*
 * A limit in front of a server, whatever framework it is written with.
 *
 * A request comes in as a value; out comes a value that says whether it may go on, which headers
 * its response gets, and, for a refusal, the whole response. What a framework adds is where to put
 * them.
 *
 * Some limits count outcomes, not requests: failed logins, answers that cost something. Whether a
 * request counts is known when its response is, but by then a hundred others may have been let in.
 * So the cost is taken before (reserved) and given back after, if the outcome does not count; once,
 * whatever happens: the response ends, the handler throws, or the client hangs up in the middle.
 *
 * And the limiter itself may fail. It is asked inside a fence: what it throws is reported, and the
 * request is answered as `onLimiterFailure` says, exactly once.
 */
import type { Clock, Random } from '@quorate/transport';

import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Verdict } from '../store.ts';
import type { HttpRequest } from './http-request.ts';
import {
  problemType,
  quotaExceeded,
  type RateLimitProblem,
  temporaryReducedCapacity,
} from './problem.ts';
import {
  type FieldOptions,
  type HeaderField,
  isLimited,
  legacyFields,
  policyMember,
  rateLimitFields,
  retryAfterField,
} from './rate-limit-fields.ts';

/** What decides about a request: a limiter in memory, a store that many share, or your own. */
export interface HttpLimit {
  /** Under which it decides, for the header `RateLimit-Policy`. */
  readonly policies: readonly RatePolicy[];
  /** Takes `cost` from `key`, under all policies or none. One decision for each of them. */
  take(key: string, cost: number): Verdict | Promise<Verdict>;
  /** Gives back what was taken under `chargeId`, once. */
  refund(chargeId: string): void | Promise<void>;
}

/** How a request that was let in has ended. */
export type ResponseOutcome =
  /** It was answered, with this status. */
  | { readonly kind: 'answered'; readonly status: number }
  /** The client hung up before the whole answer was out. */
  | { readonly kind: 'aborted' }
  /** Its handler threw. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** How to limit requests. `Context` is what the framework knows of a request. */
export interface HttpRateLimitOptions<Context = undefined> {
  /** Decides; or chooses who decides, such as by the plan of a customer. */
  readonly limit: HttpLimit | ((request: HttpRequest, context: Context) => HttpLimit);
  /**
   * Whom a request is counted for, such as `clientAddressKey({ trust: 'none' })` or the id of a
   * user. `undefined`: it is not limited. What it throws counts as a failure of the limiter.
   */
  readonly key: (
    request: HttpRequest,
    context: Context,
  ) => string | undefined | Promise<string | undefined>;
  /** What a request costs. Default: 1. 0 looks and takes nothing. */
  readonly cost?: (request: HttpRequest, context: Context) => number;
  /**
   * Whether a request counts, now that its outcome is known. If not, its cost is given back.
   * Default: all count. Asked once for each request that was let in.
   */
  readonly counts?: (outcome: ResponseOutcome, request: HttpRequest, context: Context) => boolean;
  /**
   * What becomes of a request when the limiter throws, or rejects. 'open': it goes on, uncounted.
   * 'closed': it is answered with 503. There is no default: a login needs the one, a page of news
   * the other.
   */
  readonly onLimiterFailure: 'open' | 'closed';
  /** Told what the limiter, `key`, `cost`, `counts` or a refund threw. What it throws is lost. */
  readonly onError?: (error: unknown) => void;
  /** 'standard' (the default): `RateLimit` and `RateLimit-Policy`. 'none': only `Retry-After`. */
  readonly headers?: 'standard' | 'none';
  /**
   * Whether to send `X-RateLimit-Limit`, `-Remaining` and `-Reset` besides, and what the last one
   * counts: seconds from now, or since 1970, which takes a `clock`. Default: 'none'.
   */
  readonly legacyHeaders?: 'none' | 'secondsFromNow' | 'secondsSince1970';
  /** Tells the wall time for `legacyHeaders`. */
  readonly clock?: Pick<Clock, 'wallTimeMs'>;
  /** What cost counts, if not requests, such as 'content-bytes'. Printable ASCII. */
  readonly quotaUnit?: string;
  /**
   * Refusals name a time up to so many seconds later, by chance, so that those refused together do
   * not come back together. An integer of 0..3600. Default: 0. Takes a `random`.
   */
  readonly retrySpreadSeconds?: number;
  /** Draws the spread. */
  readonly random?: Pick<Random, 'int'>;
}

/** What to do with a request. */
export type HttpDecision = AdmittedRequest | RefusedRequest;

/** It may go on. */
export interface AdmittedRequest {
  readonly kind: 'admitted';
  /** For its response. */
  readonly fields: readonly HeaderField[];
  /** What was decided; empty if it was not limited, or the limiter failed. */
  readonly decisions: readonly Decision[];
  /** To be told how it ended. Only the first call counts; it returns at once and never throws. */
  readonly settle: (outcome: ResponseOutcome) => void;
}

/** It is to be answered with this, and nothing else. */
export interface RefusedRequest {
  readonly kind: 'limited';
  /** 429: too many requests. 503: nobody can say. */
  readonly status: 429 | 503;
  /** All headers of the response, its content type included. */
  readonly fields: readonly HeaderField[];
  readonly problem: RateLimitProblem;
  /** `problem` as JSON; empty for HEAD. */
  readonly body: string;
  /** What was decided; empty if the limiter failed. */
  readonly decisions: readonly Decision[];
}

/** A limit that requests can be held against. */
export interface HttpRateLimit<Context = undefined> {
  /** Decides about `request`, and takes its cost if it may go on. Never rejects. */
  check(request: HttpRequest, context: Context): Promise<HttpDecision>;
}

type Settings<Context> = HttpRateLimitOptions<Context> & {
  readonly retrySpreadSeconds: number;
};

/**
 * Makes a limit for requests of the framework-free kind; adapters make one for you.
 *
 * @throws RangeError if an option is out of its range, or takes another one that is missing.
 */
export function httpRateLimit<Context = undefined>(
  options: HttpRateLimitOptions<Context>,
): HttpRateLimit<Context> {
  const settings = checkedOptions(options);
  return { check: (request, context) => check(settings, request, context) };
}

async function check<Context>(
  options: Settings<Context>,
  request: HttpRequest,
  context: Context,
): Promise<HttpDecision> {
  try {
    const key = await options.key(request, context);
    if (key === undefined) return unlimited;
    const limit =
      typeof options.limit === 'function' ? options.limit(request, context) : options.limit;
    const verdict = await limit.take(key, options.cost?.(request, context) ?? 1);
    if (verdict.decisions.some(isLimited)) return refusal(options, request, limit, verdict);
    const settle = settlement(options, limit, verdict, (outcome) =>
      options.counts === undefined ? true : options.counts(outcome, request, context),
    );
    const fields = fieldsOf(options, limit.policies, verdict.decisions, 0);
    return { kind: 'admitted', fields, decisions: verdict.decisions, settle };
  } catch (error) {
    report(options, error);
    return options.onLimiterFailure === 'open' ? unlimited : unavailable(request);
  }
}

const unlimited: AdmittedRequest = {
  kind: 'admitted',
  fields: [],
  decisions: [],
  settle: () => undefined,
};

/** Gives the charge back once, if the first outcome told does not count. */
function settlement<Context>(
  options: Settings<Context>,
  limit: HttpLimit,
  { chargeId }: Verdict,
  counts: (outcome: ResponseOutcome) => boolean,
): (outcome: ResponseOutcome) => void {
  let isSettled = false;
  const settle = async (outcome: ResponseOutcome): Promise<void> => {
    try {
      if (!counts(outcome) && chargeId !== undefined) await limit.refund(chargeId);
    } catch (error) {
      report(options, error);
    }
  };
  return (outcome) => {
    if (isSettled) return;
    isSettled = true;
    void settle(outcome);
  };
}

function refusal<Context>(
  options: Settings<Context>,
  request: HttpRequest,
  limit: HttpLimit,
  { decisions }: Verdict,
): RefusedRequest {
  const limited = decisions.filter(isLimited);
  const names = limited.map(({ policyName }) => policyName);
  const isUnknown = limited.every(({ reason }) => reason === 'storeFailed');
  const { retrySpreadSeconds, random } = options;
  // The same for all headers of a response, or `Retry-After` would fall before `t`.
  const spreadSeconds = random === undefined ? 0 : random.int(retrySpreadSeconds + 1);
  const problem = isUnknown ? temporaryReducedCapacity(names) : quotaExceeded(names);
  const fields = [
    ...fieldsOf(options, limit.policies, decisions, spreadSeconds),
    ...retryAfterField(decisions, spreadSeconds),
  ];
  return refused(request, problem, fields, decisions);
}

function unavailable(request: HttpRequest): RefusedRequest {
  return refused(request, temporaryReducedCapacity([]), [], []);
}

function refused(
  request: HttpRequest,
  problem: RateLimitProblem,
  fields: readonly HeaderField[],
  decisions: readonly Decision[],
): RefusedRequest {
  return {
    kind: 'limited',
    status: problem.status,
    fields: [
      ...fields,
      { name: 'Content-Type', value: problemType, mode: 'set' },
      // RFC 6585: what was refused to one must not be served to others.
      { name: 'Cache-Control', value: 'no-store', mode: 'set' },
    ],
    problem,
    body: request.method === 'HEAD' ? '' : JSON.stringify(problem),
    decisions,
  };
}

function fieldsOf<Context>(
  options: Settings<Context>,
  policies: readonly RatePolicy[],
  decisions: readonly Decision[],
  spreadSeconds: number,
): readonly HeaderField[] {
  const { headers = 'standard', legacyHeaders = 'none', clock, quotaUnit } = options;
  const wallTimeMs = legacyHeaders === 'secondsSince1970' ? clock?.wallTimeMs() : undefined;
  const fieldOptions: FieldOptions = { quotaUnit, spreadSeconds, wallTimeMs };
  return [
    ...(headers === 'none' ? [] : rateLimitFields(policies, decisions, fieldOptions)),
    ...(legacyHeaders === 'none' ? [] : legacyFields(decisions, fieldOptions)),
  ];
}

function report<Context>({ onError }: Settings<Context>, error: unknown): void {
  try {
    onError?.(error);
  } catch {
    // A broken report is no reason to leave a request without its one answer.
  }
}

function checkedOptions<Context>(options: HttpRateLimitOptions<Context>): Settings<Context> {
  const { retrySpreadSeconds = 0, random, legacyHeaders = 'none', clock, limit } = options;
  expectOneOf('onLimiterFailure', options.onLimiterFailure, ['open', 'closed']);
  expectOneOf('headers', options.headers ?? 'standard', ['standard', 'none']);
  const legacyKinds = ['none', 'secondsFromNow', 'secondsSince1970'];
  expectOneOf('legacyHeaders', legacyHeaders, legacyKinds);
  if (!(Number.isSafeInteger(retrySpreadSeconds) && within(retrySpreadSeconds, 0, 3_600))) {
    const got = String(retrySpreadSeconds);
    throw new RangeError(`retrySpreadSeconds: expected an integer of 0..3600, got ${got}`);
  }
  if (retrySpreadSeconds > 0 && random === undefined) {
    throw new RangeError('random: expected one for retrySpreadSeconds, got none');
  }
  if (legacyHeaders === 'secondsSince1970' && clock === undefined) {
    throw new RangeError("clock: expected one for 'secondsSince1970', got none");
  }
  // Names that no header can carry show at the start, not with the first request.
  if (typeof limit !== 'function')
    limit.policies.map((each) => policyMember(each, options.quotaUnit));
  return { ...options, retrySpreadSeconds };
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function expectOneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const expected = known.map((each) => `'${each}'`).join(' or ');
  throw new RangeError(`${name}: expected ${expected}, got '${value}'`);
}
