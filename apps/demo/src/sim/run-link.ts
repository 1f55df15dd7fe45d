/**
 * A run as text for the address of a page: seed, scenario, time, speed, how much goes wrong by
 * itself, and what was done by hand.
 *
 *     cluster?seed=42&scenario=partition&t=12400&speed=0.1&faults=flaky&inputs=W3siYXRNcyI6…
 *
 * The inputs are JSON in base64url. What a link says is checked as what any stranger says: its
 * size first, then every field; nothing of a link that does not fit is used.
 */
import * as v from 'valibot';

import { fromBase64, toBase64 } from '../base64.ts';
import { scenarios } from '../scenarios/index.ts';
import { stepSchema } from '../scenarios/scenario.ts';
import { type FaultProfile, faultProfiles } from './fault-profile.ts';
import { SPEED_MAX, SPEED_MIN } from './sim-state.ts';

/** Later than this nothing is done by hand, in ms. */
export const INPUT_MS_MAX = 600_000;
const LINK_CHARACTERS_MAX = 200_000;
/** A link holds no more. */
export const INPUTS_MAX = 1_000;
/** Of the time in a link, in ms: scenarios have some time to settle after all was done. */
const TIME_MS_MAX = INPUT_MS_MAX + 20_000;
const SEED_MAX = 2 ** 32 - 1;

const isWholeUs = (ms: number): boolean => Math.round(ms * 1_000) / 1_000 === ms;
const wholeUs = v.check(isWholeUs, 'expected whole microseconds');
const headerText = v.pipe(v.string(), v.maxLength(1_000), v.regex(/^[!-~]+$/));

/** The data of a request to a node. */
const requestSchema = v.pipe(
  v.strictObject({
    atMs: v.pipe(v.number(), v.minValue(0), v.maxValue(INPUT_MS_MAX)),
    kind: v.literal('request'),
    node: v.pipe(v.string(), v.regex(/^n[1-9]$/)),
    method: v.picklist(['GET', 'PUT', 'POST', 'DELETE']),
    path: v.pipe(v.string(), v.maxLength(4_000), v.regex(/^\/(v1|admin)\/[!-~]*$/)),
    headers: v.strictObject({
      'if-match': v.optional(headerText),
      'if-none-match': v.optional(headerText),
      'content-type': v.optional(headerText),
      'idempotency-key': v.optional(headerText),
    }),
    body: v.optional(v.pipe(v.string(), v.maxLength(100_000))),
  }),
  v.check(({ method, body }) => method !== 'GET' || body === undefined, 'GET has no body'),
);

const inputSchema = v.pipe(
  v.union([stepSchema, requestSchema]),
  v.check(({ atMs }) => isWholeUs(atMs), 'atMs: expected whole microseconds'),
);

/** Something that was done by hand, and when, in ms since the start. */
export type RunInput = v.InferOutput<typeof inputSchema>;

/** What was done by hand, in the order of time. */
export const inputsSchema = v.pipe(
  v.array(inputSchema),
  v.maxLength(INPUTS_MAX),
  v.check(
    (inputs) => inputs.every(({ atMs }, index) => atMs >= (inputs[index - 1]?.atMs ?? 0)),
    'inputs: expected the order of time',
  ),
);

const planSchema = v.strictObject({
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(SEED_MAX)),
  scenario: v.optional(v.picklist(scenarios.map(({ name }) => name))),
  atMs: v.pipe(v.number(), v.minValue(0), v.maxValue(TIME_MS_MAX), wholeUs),
  speed: v.optional(v.pipe(v.number(), v.minValue(SPEED_MIN), v.maxValue(SPEED_MAX))),
  faults: v.optional(v.picklist(faultProfiles)),
  inputs: inputsSchema,
});

/** A run, and how far it is to be played. */
export interface RunPlan {
  /** 0..2^32 - 1. */
  readonly seed: number;
  /** The name of one, or undefined: a cluster to play with. */
  readonly scenario: string | undefined;
  /** In ms since the start. */
  readonly atMs: number;
  readonly inputs: readonly RunInput[];
  /** Virtual seconds in a real one. Default 1. */
  readonly speed?: number;
  /** Default 'calm'. */
  readonly faults?: FaultProfile;
}

/** A request that somebody makes to a node now, as a link can hold it; undefined if none can. */
export function requestInput(
  request: Readonly<Record<string, unknown>>,
): Omit<RunInput & { readonly kind: 'request' }, 'atMs'> | undefined {
  const parsed = v.safeParse(requestSchema, { ...request, kind: 'request', atMs: 0 });
  if (!parsed.success) return undefined;
  const { kind, node, method, path, headers, body } = parsed.output;
  return { kind, node, method, path, headers, ...(body !== undefined && { body }) };
}

/** What a link says. */
export type ParsedLink =
  | { readonly kind: 'plan'; readonly plan: RunPlan }
  /** Nothing about a run. */
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly detail: string };

/** The part of an address behind its `?`. */
export function formatLink(plan: RunPlan): string {
  const { seed, scenario, atMs, inputs, speed = 1, faults = 'calm' } = plan;
  const fields = new URLSearchParams({ seed: String(seed) });
  if (scenario !== undefined) fields.set('scenario', scenario);
  fields.set('t', String(atMs));
  if (speed !== 1) fields.set('speed', String(speed));
  if (faults !== 'calm') fields.set('faults', faults);
  if (inputs.length > 0) fields.set('inputs', toBase64Url(JSON.stringify(inputs)));
  return fields.toString();
}

/** Reads an address, or the part behind its `#`. Never throws. O(length of `text`). */
export function parseLink(text: string): ParsedLink {
  if (text.length > LINK_CHARACTERS_MAX) return problem(`${text.length} characters`);
  const start = text.indexOf('?');
  const fields = new URLSearchParams(start < 0 ? '' : text.slice(start + 1));
  const [seed, time] = [fields.get('seed'), fields.get('t') ?? '0'];
  if (seed === null) return { kind: 'none' };
  const speed = fields.get('speed');
  const inputs = inputsOf(fields.get('inputs'));
  if (inputs === undefined) return problem('inputs that are no base64url of JSON');
  const parsed = v.safeParse(planSchema, {
    seed: numberOf(seed),
    scenario: fields.get('scenario') ?? undefined,
    atMs: numberOf(time),
    speed: speed === null ? undefined : numberOf(speed),
    faults: fields.get('faults') ?? undefined,
    inputs,
  });
  if (!parsed.success) return problem(parsed.issues[0].message);
  const { scenario, speed: factor, faults, ...rest } = parsed.output;
  const optional = { ...(factor !== undefined && { speed: factor }), ...(faults && { faults }) };
  return { kind: 'plan', plan: { ...rest, scenario, ...optional } };
}

function problem(found: string): ParsedLink {
  return { kind: 'problem', detail: `link: expected a run, got ${found.slice(0, 200)}` };
}

/** Digits only: what else JavaScript takes for a number is no number of ours. */
function numberOf(text: string): number {
  return /^\d{1,10}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
}

function inputsOf(text: string | null): unknown {
  if (text === null) return [];
  try {
    return JSON.parse(fromBase64Url(text));
  } catch {
    return undefined;
  }
}

function toBase64Url(text: string): string {
  const base64 = toBase64(new TextEncoder().encode(text));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  if (!/^[\w-]*$/.test(text)) throw new SyntaxError('expected base64url');
  const bytes = fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
