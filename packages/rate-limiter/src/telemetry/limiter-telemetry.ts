import type { Decision } from '../decision.ts';

/**
 * Gets told what limiters do. Where it is called, nothing of a request is known but the decision: a
 * key is nobody's business in a metric, and would make a series of each client.
 */
export interface LimiterTelemetry {
  /** One decision was taken. */
  decided(decision: Decision): void;
  /** A request has waited for its turn, or for as long as it would. */
  waited(durationMs: number): void;
  /** A store has answered, or failed to. */
  storeAnswered(durationMs: number, outcome: StoreOutcome): void;
}

/** How a call of a store ended. 'aborted': its caller gave up. */
export type StoreOutcome = 'answered' | 'failed' | 'aborted';

/** Names of metrics, their units as UCUM, and what they say. */
export const limiterMetrics = {
  decisions: {
    name: 'rate_limiter.decisions',
    unit: '{decision}',
    description: 'Decisions of rate limiters.',
  },
  wait: {
    name: 'rate_limiter.wait.duration',
    unit: 's',
    description: 'How long requests waited to be admitted.',
  },
  store: {
    name: 'rate_limiter.store.duration',
    unit: 's',
    description: 'How long calls of a store took.',
  },
  keys: {
    name: 'rate_limiter.keys',
    unit: '{key}',
    description: 'Keys that something is known of.',
  },
} as const;

/** What a decision is counted under. */
export interface DecisionAttributes {
  readonly policy: string;
  readonly result: Decision['kind'];
  readonly reason: Decision['reason'];
}

/** The attributes of `decision`. */
export function attributesOf({ policyName, kind, reason }: Decision): DecisionAttributes {
  return { policy: policyName, result: kind, reason };
}
