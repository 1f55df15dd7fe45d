import type { CircuitBreakerEvent, CircuitCallEvent } from '../circuit-events.ts';

/** Gets told what circuits do. */
export interface CircuitTelemetry {
  /** A circuit has changed. */
  changed(event: CircuitBreakerEvent): void;
  /** A call was refused, or has ended. */
  called(event: CircuitCallEvent): void;
}

/** Names of metrics, their units as UCUM, and what they say. */
export const circuitMetrics = {
  calls: {
    name: 'circuit_breaker.calls',
    unit: '{call}',
    description: 'Admitted calls that ended.',
  },
  refusals: {
    name: 'circuit_breaker.not_permitted_calls',
    unit: '{call}',
    description: 'Calls that were refused.',
  },
  transitions: {
    name: 'circuit_breaker.transitions',
    unit: '{transition}',
    description: 'Changes of state.',
  },
  duration: {
    name: 'circuit_breaker.call.duration',
    unit: 's',
    description: 'How long admitted calls took.',
  },
  state: {
    name: 'circuit_breaker.state',
    unit: '1',
    description: '1 for the state that a call would meet, 0 for the others.',
  },
} as const;
