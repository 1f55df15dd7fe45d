/*
 * What a response tells of limits: `RateLimit-Policy` with all of them, `RateLimit` with how much
 * is left of each, and `Retry-After` for one that was refused.
 *
 * Both are lists of structured fields, a policy's name being the item, so that several limits on
 * the way of one request append to one list. They count in whole seconds, and so must round: always
 * to the side that makes a client wait longer, or it comes back in the same second to be refused
 * again.
 *
 * Sources: draft-ietf-httpapi-ratelimit-headers-10; RFC 9651 (structured fields); RFC 9110, section
 * 10.2.3 (Retry-After).
 */
import type { Decision, Limited } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';

/** One header of a response. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** 'append': one more member of a list, behind what is there. 'set': instead of it. */
  readonly mode: 'append' | 'set';
}

/** How to tell of limits. */
export interface FieldOptions {
  /** What cost counts, if not requests, such as 'content-bytes': parameter `qu`. */
  readonly quotaUnit?: string | undefined;
  /** Whole seconds to add to the times of refusals. */
  readonly spreadSeconds: number;
  /** Wall time to count `X-RateLimit-Reset` from; absent: seconds from now. */
  readonly wallTimeMs?: number | undefined;
}

/** The largest integer of a structured field. */
const INTEGER_MAX = 999_999_999_999_999;

const printable = /^[\x20-\x7e]*$/;

/**
 * `text` as a string of a structured field, quoted and escaped.
 *
 * @throws RangeError if it holds anything but printable ASCII, which no such string can.
 */
export function quotedText(name: string, text: string): string {
  if (!printable.test(text)) {
    throw new RangeError(`${name}: expected printable ASCII, got ${JSON.stringify(text)}`);
  }
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/**
 * The member of `RateLimit-Policy` for `policy`.
 *
 * @throws RangeError as `quotedText`.
 */
export function policyMember(policy: RatePolicy, quotaUnit?: string): string {
  const unit = quotaUnit === undefined ? '' : `;qu=${quotedText('quotaUnit', quotaUnit)}`;
  const windowSeconds = wholeSeconds(policy.windowMs);
  return `${quotedText('policy.name', policy.name)};q=${policy.limit}${unit};w=${windowSeconds}`;
}

/** The member of `RateLimit` for what was decided under `policy`. */
export function decisionMember(
  decision: Decision,
  policy: RatePolicy | undefined,
  spreadSeconds: number,
): string {
  const remaining = Math.min(INTEGER_MAX, Math.max(0, Math.floor(decision.remaining)));
  const name = quotedText('policy.name', decision.policyName);
  const seconds = secondsUntilMore(decision, policy, spreadSeconds);
  return `${name};r=${remaining}${seconds === undefined ? '' : `;t=${seconds}`}`;
}

/** What the headers say about `decisions`, which were taken under `policies`. */
export function rateLimitFields(
  policies: readonly RatePolicy[],
  decisions: readonly Decision[],
  options: FieldOptions,
): readonly HeaderField[] {
  const known = decisions.filter(({ reason }) => reason !== 'storeFailed' && reason !== 'shadow');
  const policyList = policies.map((policy) => policyMember(policy, options.quotaUnit));
  const list = known.map((decision) => {
    const policy = policies.find(({ name }) => name === decision.policyName);
    return decisionMember(decision, policy, options.spreadSeconds);
  });
  const fields: HeaderField[] = [];
  if (policyList.length > 0) {
    fields.push({ name: 'RateLimit-Policy', value: policyList.join(', '), mode: 'append' });
  }
  if (list.length > 0) fields.push({ name: 'RateLimit', value: list.join(', '), mode: 'append' });
  return fields;
}

/** `Retry-After` for a refusal: when all that refused would admit it. None if one never will. */
export function retryAfterField(
  decisions: readonly Decision[],
  spreadSeconds: number,
): readonly HeaderField[] {
  const waitsMs = decisions.filter(isLimited).map(({ retryAfterMs }) => retryAfterMs);
  const waitMs = Math.max(...waitsMs);
  if (waitsMs.length === 0 || !Number.isFinite(waitMs)) return [];
  const value = String(wholeSeconds(waitMs) + spreadSeconds);
  return [{ name: 'Retry-After', value, mode: 'set' }];
}

/** `X-RateLimit-Limit`, `-Remaining` and `-Reset`, of the decision that binds most. */
export function legacyFields(
  decisions: readonly Decision[],
  options: FieldOptions,
): readonly HeaderField[] {
  const decision = mostBinding(decisions.filter(({ reason }) => reason !== 'shadow'));
  if (decision === undefined || decision.reason === 'storeFailed') return [];
  const { limit, remaining, resetAfterMs } = decision;
  const wallSeconds = (options.wallTimeMs ?? 0) / 1_000;
  const reset = Math.ceil(wallSeconds + Math.max(0, resetAfterMs) / 1_000);
  return [
    { name: 'X-RateLimit-Limit', value: String(limit), mode: 'set' },
    { name: 'X-RateLimit-Remaining', value: String(Math.max(0, remaining)), mode: 'set' },
    { name: 'X-RateLimit-Reset', value: String(reset), mode: 'set' },
  ];
}

/** Whether the decision refuses. */
export function isLimited(decision: Decision): decision is Limited {
  return decision.kind === 'limited';
}

/** One that limits longest, else the one with the least of its limit left. */
function mostBinding(decisions: readonly Decision[]): Decision | undefined {
  const rank = (decision: Decision): readonly [waitMs: number, leftShare: number] => [
    isLimited(decision) ? decision.retryAfterMs : -1,
    decision.remaining / decision.limit,
  ];
  return decisions.toSorted((left, right) => {
    const [leftWaitMs, leftShare] = rank(left);
    const [rightWaitMs, rightShare] = rank(right);
    return leftWaitMs === rightWaitMs ? leftShare - rightShare : rightWaitMs > leftWaitMs ? 1 : -1;
  })[0];
}

/**
 * Seconds until more is there than now; none if all is there or nothing ever will be. A bucket
 * gains a unit in each interval of its rate, so that a client at 0 need not wait for all of it.
 */
function secondsUntilMore(
  decision: Decision,
  policy: RatePolicy | undefined,
  spreadSeconds: number,
): number | undefined {
  if (isLimited(decision)) {
    const { retryAfterMs } = decision;
    return Number.isFinite(retryAfterMs) ? wholeSeconds(retryAfterMs) + spreadSeconds : undefined;
  }
  const { resetAfterMs } = decision;
  if (!(resetAfterMs > 0 && Number.isFinite(resetAfterMs))) return undefined;
  const isSteady = policy?.kind === 'gcra' || policy?.kind === 'tokenBucket';
  return wholeSeconds(
    isSteady ? Math.min(resetAfterMs, policy.windowMs / policy.limit) : resetAfterMs,
  );
}

/** Rounded up, at least 1: windows shorter than a second are no windows of 0 seconds. */
function wholeSeconds(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs / 1_000));
}
