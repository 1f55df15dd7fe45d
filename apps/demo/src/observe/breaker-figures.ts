import type { CircuitStatus } from '@quorate/circuit-breaker';

import type { BreakerFigures, PeerHealth } from './node-status.ts';

/** The breakers of one peer, by method. */
export function breakerFigures(
  statuses: readonly (readonly [method: string, status: CircuitStatus])[],
): Required<Pick<PeerHealth, 'breakers' | 'methods'>> {
  return {
    breakers: Object.fromEntries(statuses.map(([method, { state }]) => [method, state])),
    methods: Object.fromEntries(statuses.map(([method, status]) => [method, figuresOf(status)])),
  };
}

function figuresOf({ counts, failureRate, retryAfterMs }: CircuitStatus): BreakerFigures {
  return {
    callCount: counts.total,
    failureRate: failureRate ?? null,
    // A closed breaker lets calls through at once, which is no trial.
    trialInMs: retryAfterMs === undefined || retryAfterMs <= 0 ? null : retryAfterMs,
  };
}
