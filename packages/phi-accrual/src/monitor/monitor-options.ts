import type { Clock, NodeId, ProtocolName, Random, Transport } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { createDetector } from '../create-detector.ts';
import type { FailureDetector } from '../detector.ts';
import type { HysteresisOptions } from '../peers/hysteresis.ts';
import { type ProfileName, profiles } from './profiles.ts';

/** What a monitor watches, over what, and how. What is left out is the profile's. */
export interface HeartbeatMonitorOptions extends Partial<MonitorSettings> {
  readonly transport: Transport;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: the system's. */
  readonly random?: Random;
  /** Whom to watch at first; see `add`. */
  readonly peers?: Iterable<NodeId>;
  /** What network it is. Default 'lan'. */
  readonly profile?: ProfileName;
  /**
   * Makes the detector of a peer that sends every `intervalMs`. Default: `createDetector` with the
   * settings of the profile.
   */
  readonly detectorOf?: (intervalMs: number) => FailureDetector;
  /** Under which protocol monitors talk. Default 'phi-accrual'. */
  readonly protocol?: ProtocolName;
  /** Gets what listeners throw. Default: it is thrown where nobody catches it. */
  readonly onError?: (error: unknown) => void;
}

/** The numbers of a monitor. */
export interface MonitorSettings {
  /** How often to send: an integer, 1..86,400,000 ms. Peers learn it from the heartbeats. */
  readonly intervalMs: number;
  /** How long a new peer may take until its first heartbeat, in ms, more than 0. */
  readonly firstWithinMs: number;
  /**
   * How late this process may run before that counts as a pause of its own, in ms, at least 0. Keep
   * it below the time by which a heartbeat may be late.
   */
  readonly pauseToleranceMs: number;
  /** Pauses in a row that excuse a peer which shows no life between them: at least 0. */
  readonly excusingPausesMax: number;
  /** How far bad health of our own may stretch patience: 0, not at all, to 8, ninefold. */
  readonly healthScoreMax: number;
  /** How slowly suspected peers are trusted again. */
  readonly hysteresis: HysteresisOptions;
  /** How many others are asked about a silent peer before it is suspected: 0..16. */
  readonly probeCount: number;
  /** How long they have for that, in ms, more than 0. It delays each suspicion. */
  readonly probeMs: number;
  /**
   * How many heartbeats in a row may be left out because other messages went to the peer, told by
   * `observeTransport` or `noteSent`: 0..100.
   */
  readonly suppressedMax: number;
  /** How many of our heartbeats a peer may have missed before the way to it is lost: 2..1,000. */
  readonly outboundMissesMax: number;
  /**
   * How long a peer may ask to be excused, and how long we ask for when our timers are late, in ms:
   * 0..86,400,000. 0 does neither.
   */
  readonly silenceMsMax: number;
  /** How many peers there may be, 1..2^24. */
  readonly peersMax: number;
}

/** The options with their defaults. */
export type ResolvedOptions = MonitorSettings &
  Required<
    Pick<HeartbeatMonitorOptions, 'transport' | 'clock' | 'random' | 'detectorOf' | 'onError'>
  >;

const DAY_MS = 86_400_000;

/** @throws RangeError if an option is out of its range. */
export function resolveOptions(options: HeartbeatMonitorOptions): ResolvedOptions {
  const { profile = 'lan', clock = systemClock } = options;
  if (!Object.hasOwn(profiles, profile)) {
    throw new RangeError(`profile: expected 'lan', 'wan' or 'browser', got '${profile}'`);
  }
  const { detector, ...settings } = profiles[profile];
  const resolved = {
    ...settings,
    ...given(options),
    transport: options.transport,
    clock,
    random: options.random ?? systemRandom,
    detectorOf:
      options.detectorOf ?? ((intervalMs: number) => createDetector({ ...detector, intervalMs })),
    onError: options.onError ?? ((error: unknown) => rethrowLater(clock, error)),
  };
  checkSettings(resolved);
  return resolved;
}

/** The settings that were given; one that is `undefined` was not. */
function given(options: HeartbeatMonitorOptions): Partial<MonitorSettings> {
  const names = Object.keys(profiles.lan).filter((name) => name !== 'detector');
  const entries = Object.entries(options).filter(
    ([name, value]) => names.includes(name) && value !== undefined,
  );
  return Object.fromEntries(entries);
}

function checkSettings(settings: MonitorSettings): void {
  checkInteger('intervalMs', settings.intervalMs, 1, DAY_MS);
  checkInteger('probeCount', settings.probeCount, 0, 16);
  checkInteger('suppressedMax', settings.suppressedMax, 0, 100);
  checkInteger('outboundMissesMax', settings.outboundMissesMax, 2, 1_000);
  checkInteger('silenceMsMax', settings.silenceMsMax, 0, DAY_MS);
  const { probeMs } = settings;
  if (!(probeMs > 0 && probeMs <= DAY_MS)) {
    throw new RangeError(`probeMs: expected more than 0, at most ${DAY_MS}, got ${probeMs}`);
  }
}

function checkInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected an integer of ${min}..${max}, got ${value}`);
}

/** So that an error nobody asked for is not lost, and stops nothing here. */
function rethrowLater(clock: Clock, error: unknown): void {
  clock.setTimer(0, () => {
    throw error;
  });
}
