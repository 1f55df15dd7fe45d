import { describe, expect, test } from 'vitest';

import { measureBreaker } from '../../src/telemetry/measure.ts';
import { CircuitCounts, openMetricsType } from '../../src/telemetry/open-metrics.ts';
import { permitOf, scene } from '../support/scene.ts';

describe('the text for Prometheus', () => {
  test('holds counters, histograms and states, with the labels of the caller', () => {
    const counts = new CircuitCounts();
    const { breaker, clock } = scene({ name: 'say "hi"\n' });
    measureBreaker(breaker, counts);
    for (const durationMs of [30, 90_000]) {
      const permit = permitOf(breaker);
      clock.advance(durationMs);
      permit.fail();
    }
    breaker.tryAcquire();
    const lines = counts.openMetrics({ service: 'api' }, [breaker]).split('\n');
    const own = 'service="api",name="say \\"hi\\"\\n"';
    expect(lines).toContain(`circuit_breaker_calls_total{${own},outcome="failure"} 2`);
    expect(lines).toContain(`circuit_breaker_not_permitted_calls_total{${own},reason="open"} 1`);
    const move = 'from="closed",to="open",reason="consecutiveFailures"';
    expect(lines).toContain(`circuit_breaker_transitions_total{${own},${move}} 1`);
    const duration = 'circuit_breaker_call_duration_seconds';
    expect(lines).toContain(`# TYPE ${duration} histogram`);
    expect(lines).toContain(`${duration}_bucket{${own},le="0.025"} 0`);
    expect(lines).toContain(`${duration}_bucket{${own},le="0.05"} 1`);
    expect(lines).toContain(`${duration}_bucket{${own},le="60.0"} 1`);
    expect(lines).toContain(`${duration}_bucket{${own},le="+Inf"} 2`);
    expect(lines).toContain(`${duration}_count{${own}} 2`);
    expect(lines).toContain(`${duration}_sum{${own}} 90.03`);
    expect(lines).toContain(`circuit_breaker_state{${own},state="open"} 1`);
    expect(lines).toContain(`circuit_breaker_state{${own},state="closed"} 0`);
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
  });

  test('names each family once, and no states where none are shown', () => {
    const text = new CircuitCounts().openMetrics();
    const families = text.split('\n').filter((line) => line.startsWith('# TYPE'));
    expect(new Set(families).size).toBe(families.length);
    expect(text).not.toContain('circuit_breaker_state');
    expect(openMetricsType).toContain('openmetrics-text; version=1.0.0');
  });

  test.each(['a-b', '1st', '', 'ä'])('refuses a label of the name %j', (name) => {
    const text = (): string => new CircuitCounts().openMetrics({ [name]: 'x' });
    expect(text).toThrow(`labels: expected names of letters, digits and _, got "${name}"`);
  });

  test('has a bounded number of series, whatever breakers are called', () => {
    const counts = new CircuitCounts();
    for (let index = 0; index < 5_000; index += 1) {
      const breakerName = `host ${index}`;
      counts.called({ kind: 'refused', breakerName, reason: 'open' });
      counts.called({
        ...{ kind: 'settled', breakerName, outcome: 'success', durationMs: 1, isLate: false },
      });
      counts.changed({
        ...{ kind: 'transition', breakerName, from: 'closed', to: 'open', reason: 'byHand' },
        generation: 2,
      });
    }
    const lines = counts.openMetrics().split('\n');
    for (const family of ['calls', 'not_permitted_calls', 'transitions']) {
      const series = lines.filter((line) => line.startsWith(`circuit_breaker_${family}_total`));
      expect(series).toHaveLength(1_001);
      expect(series.find((line) => line.includes('name="other"'))).toMatch(/ 4000$/);
    }
    expect(lines.filter((line) => line.includes('_seconds_count'))).toHaveLength(1_001);
  });

  test('keeps breakers with names of object fields apart', () => {
    const counts = new CircuitCounts();
    for (const breakerName of ['__proto__', 'constructor']) {
      counts.called({ kind: 'refused', breakerName, reason: 'open' });
    }
    const text = counts.openMetrics();
    expect(text).toContain('{name="__proto__",reason="open"} 1');
    expect(text).toContain('{name="constructor",reason="open"} 1');
  });
});
