import type { NormalOptions } from '../detector-options.ts';
import type { MonitorSettings } from './monitor-options.ts';

/** The settings of a kind of network. */
export interface MonitorProfile extends MonitorSettings {
  /** Settings of the default detector. */
  readonly detector: Omit<NormalOptions, 'intervalMs' | 'kind'>;
}

/** Where the peers are. */
export type ProfileName =
  | 'lan' // In one data centre.
  | 'wan' // Far apart, over networks of others.
  | 'browser'; // Pages and workers among them.

/**
 * What `HeartbeatMonitor` does by default, by network. Time to detection is from a crash until
 * 'suspected' on a quiet network, half an interval of waiting included.
 *
 * | profile   | interval | detection | because                                                |
 * | --------- | -------- | --------- | ------------------------------------------------------ |
 * | `lan`     | 1 s      | 1 s       | losses are rare, pauses of processes the worst         |
 * | `wan`     | 1 s      | 3.3 s     | a lost heartbeat alone is no reason; others are asked  |
 * | `browser` | 5 s      | 15 s      | tabs sleep; timers late by less than 10 s are usual    |
 */
export const profiles: Readonly<Record<ProfileName, MonitorProfile>> = {
  lan: {
    intervalMs: 1_000,
    detector: {},
    firstWithinMs: 10_000,
    pauseToleranceMs: 250,
    excusingPausesMax: 2,
    healthScoreMax: 8,
    hysteresis: {},
    probeCount: 0,
    probeMs: 500,
    suppressedMax: 0,
    outboundMissesMax: 5,
    silenceMsMax: 0,
    peersMax: 100_000,
  },
  wan: {
    intervalMs: 1_000,
    detector: { toleratedLosses: 1, acceptablePauseMs: 300 },
    firstWithinMs: 20_000,
    pauseToleranceMs: 500,
    excusingPausesMax: 2,
    healthScoreMax: 8,
    hysteresis: { holdMs: 3_000 },
    probeCount: 3,
    probeMs: 1_000,
    suppressedMax: 0,
    outboundMissesMax: 10,
    silenceMsMax: 0,
    peersMax: 100_000,
  },
  browser: {
    intervalMs: 5_000,
    detector: { acceptablePauseMs: 10_000 },
    firstWithinMs: 90_000,
    pauseToleranceMs: 10_000,
    excusingPausesMax: 1,
    healthScoreMax: 0,
    hysteresis: {},
    probeCount: 0,
    probeMs: 5_000,
    suppressedMax: 0,
    outboundMissesMax: 30,
    silenceMsMax: 180_000,
    peersMax: 1_000,
  },
};
