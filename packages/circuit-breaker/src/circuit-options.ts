import { checkChoice, checkInteger, checkNumber, checkRecord, DELAY_MS_MAX } from './bounds.ts';
import { circuitStates, type CircuitState } from './circuit-state.ts';
import {
  defaultOpenWait,
  type OpenWait,
  openWaitSettings,
  type OpenWaitSettings,
} from './open-wait.ts';
import {
  defaultTripPolicy,
  type TripPolicy,
  tripSettings,
  type TripSettings,
} from './trip-policy.ts';
import { type WarmUpOptions, warmUpSettings, type WarmUpSettings } from './warm-up.ts';

/** How a half-open circuit finds out whether the service is back. */
export interface HalfOpenOptions {
  /**
   * Trial calls of one half-open period: 1..1,000,000. 10 if left out. Fewer decide sooner, on less
   * evidence; more bring more load to a service that may be down.
   */
  readonly permittedCalls?: number;
  /**
   * How long the last trial call may take, once all have been admitted: 0..2^31-1 ms. 60,000 if
   * left out. Then the missing ones are taken for lost, and `afterWait` decides. Below the longest
   * call that can succeed it would condemn calls that are merely slow.
   */
  readonly waitMsMax?: number;
  /** Where lost trial calls lead. 'open' if left out: what never answers is not well. */
  readonly afterWait?: 'open' | 'closed';
}

/** How a circuit behaves. Everything has a default. Plain data. */
export interface CircuitOptions {
  /** When it opens. Half of the last 100 calls, from 20 on, if left out. */
  readonly trip?: TripPolicy;
  /** How long it stays open. 5 s, doubling to 60 s, with 20 % jitter, if left out. */
  readonly openForMs?: OpenWait;
  /**
   * The longest that an answer may ask it to stay open (a `Retry-After`): 0..2^31-1 ms. 300,000 if
   * left out. A wrong header must not shut out a service for a day.
   */
  readonly openForMsMax?: number;
  /** How it tries again. */
  readonly halfOpen?: HalfOpenOptions;
  /** A ramp after closing. None if left out: everybody is let in at once. */
  readonly warmUp?: WarmUpOptions;
  /** The state that it begins in. 'closed' if left out. */
  readonly initialState?: CircuitState;
}

/**
 * The circuit's part of `options`, as it is now: later changes of what was given reach it no more.
 * Fields of wrong kinds are left as they are, for the check to name.
 */
export function copyOptions(options: CircuitOptions): CircuitOptions {
  const names = [
    'trip',
    'openForMs',
    'openForMsMax',
    'halfOpen',
    'warmUp',
    'initialState',
  ] as const;
  const present = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, copy(options[name])]));
}

/** Plain data has no functions; what has is copied by reference, and refused by the check. */
function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]));
}

/** Options with nothing left out, checked, and safe from later changes of what was given. */
export interface CircuitSettings {
  readonly trip: TripSettings;
  readonly openWait: OpenWaitSettings;
  readonly openForMsMax: number;
  readonly permittedCalls: number;
  /** Outcomes that decide a half-open period: the minimum of a rate, if that many are permitted. */
  readonly trialMinimum: number;
  readonly halfOpenWaitMsMax: number;
  readonly afterWait: 'open' | 'closed';
  readonly warmUp: WarmUpSettings | undefined;
  readonly initialState: CircuitState;
}

/**
 * `options` with nothing left out.
 *
 * @throws RangeError if a field is out of its range; the message names it.
 */
export function circuitSettings(options: CircuitOptions = {}): CircuitSettings {
  checkRecord('options', options);
  const { trip: policy = defaultTripPolicy, openForMs = defaultOpenWait, warmUp } = options;
  const { openForMsMax = 300_000, halfOpen = {}, initialState = 'closed' } = options;
  const trip = tripSettings(policy);
  checkNumber('openForMsMax', openForMsMax, 0, DELAY_MS_MAX);
  checkChoice('initialState', initialState, circuitStates);
  return {
    trip,
    openWait: openWaitSettings(openForMs),
    openForMsMax,
    ...halfOpenSettings(halfOpen, trip),
    warmUp: warmUp === undefined ? undefined : warmUpSettings(warmUp),
    initialState,
  };
}

function halfOpenSettings(
  halfOpen: HalfOpenOptions,
  trip: TripSettings,
): Pick<CircuitSettings, 'permittedCalls' | 'trialMinimum' | 'halfOpenWaitMsMax' | 'afterWait'> {
  checkRecord('halfOpen', halfOpen);
  const { permittedCalls = 10, waitMsMax = 60_000, afterWait = 'open' } = halfOpen;
  checkInteger('halfOpen.permittedCalls', permittedCalls, 1, 1_000_000);
  checkNumber('halfOpen.waitMsMax', waitMsMax, 0, DELAY_MS_MAX);
  checkChoice('halfOpen.afterWait', afterWait, ['open', 'closed']);
  const isRun = trip.kind === 'consecutiveFailures';
  const trialMinimum = isRun ? permittedCalls : Math.min(trip.minimumCalls, permittedCalls);
  return { permittedCalls, trialMinimum, halfOpenWaitMsMax: waitMsMax, afterWait };
}
