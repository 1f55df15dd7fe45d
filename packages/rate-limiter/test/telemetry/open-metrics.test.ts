import { describe, expect, test } from 'vitest';

import type { Decision } from '../../src/decision.ts';
import { LimiterCounts, openMetricsType } from '../../src/telemetry/open-metrics.ts';

function admitted(policyName: string): Decision {
  const state = { policyName, limit: 5, remaining: 4, resetAfterMs: 200 };
  return { kind: 'admitted', reason: 'withinLimit', ...state };
}

describe('the text for Prometheus', () => {
  test('holds counters, histograms and a gauge, with the labels of the caller', () => {
    const counts = new LimiterCounts();
    counts.decided(admitted('say "hi"'));
    counts.decided(admitted('say "hi"'));
    counts.waited(30);
    counts.storeAnswered(2, 'answered');
    counts.storeAnswered(9_000, 'answered');
    const lines = counts.openMetrics({ service: 'api' }, 7).split('\n');
    const own = 'policy="say \\"hi\\"",result="admitted",reason="withinLimit"';
    expect(lines).toContain(`rate_limiter_decisions_total{service="api",${own}} 2`);
    expect(lines).toContain('# TYPE rate_limiter_wait_duration_seconds histogram');
    expect(lines).toContain(
      'rate_limiter_wait_duration_seconds_bucket{service="api",le="0.025"} 0',
    );
    expect(lines).toContain('rate_limiter_wait_duration_seconds_bucket{service="api",le="0.05"} 1');
    const store = 'rate_limiter_store_duration_seconds';
    expect(lines).toContain(`${store}_bucket{service="api",outcome="answered",le="5"} 1`);
    expect(lines).toContain(`${store}_bucket{service="api",outcome="answered",le="+Inf"} 2`);
    expect(lines).toContain(`${store}_count{service="api",outcome="answered"} 2`);
    expect(lines).toContain(`${store}_sum{service="api",outcome="answered"} 9.002`);
    expect(lines).toContain('rate_limiter_keys{service="api"} 7');
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
  });

  test('names each family once, and none of nobody', () => {
    const text = new LimiterCounts().openMetrics();
    const families = text.split('\n').filter((line) => line.startsWith('# TYPE'));
    expect(new Set(families).size).toBe(families.length);
    expect(text).not.toContain('rate_limiter_keys');
    expect(openMetricsType).toContain('openmetrics-text; version=1.0.0');
  });

  test('has a bounded number of series, whatever policies are named', () => {
    const counts = new LimiterCounts();
    for (let index = 0; index < 5_000; index += 1) counts.decided(admitted(`policy ${index}`));
    const lines = counts.openMetrics().split('\n');
    const series = lines.filter((line) => line.startsWith('rate_limiter_decisions_total'));
    expect(series.length).toBeLessThanOrEqual(1_001);
    const other = series.find((line) => line.includes('policy="other"'));
    expect(other?.endsWith(' 4000')).toBe(true);
  });
});
