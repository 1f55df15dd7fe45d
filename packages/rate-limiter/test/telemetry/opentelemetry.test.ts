import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';

import type { Decision } from '../../src/decision.ts';
import { openTelemetry } from '../../src/telemetry/opentelemetry.ts';

const state = { policyName: 'login', limit: 5, remaining: 0, resetAfterMs: 200 };
const limited: Decision = {
  kind: 'limited',
  reason: 'limitReached',
  retryAfterMs: 200,
  ...state,
};

test('the metrics of the SDK have the names, units and attributes that are promised', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const telemetry = openTelemetry(provider.getMeter('test'), () => 42);
  telemetry.decided(limited);
  telemetry.decided(limited);
  telemetry.decided({ kind: 'admitted', reason: 'withinLimit', ...state });
  telemetry.waited(1_500);
  telemetry.storeAnswered(3, 'answered');
  telemetry.storeAnswered(50, 'failed');
  await reader.forceFlush();

  const [exported] = exporter.getMetrics();
  const metrics = (exported?.scopeMetrics ?? []).flatMap((scope) => scope.metrics);
  const found = metrics.map(({ descriptor: { name, unit }, dataPoints }) => ({
    name,
    unit,
    points: dataPoints.map(({ attributes, value }) => [
      attributes,
      typeof value === 'number' ? value : [value.count, value.sum],
    ]),
  }));
  const policy = 'login';
  expect(found).toEqual([
    {
      name: 'rate_limiter.decisions',
      unit: '{decision}',
      points: [
        [{ policy, result: 'limited', reason: 'limitReached' }, 2],
        [{ policy, result: 'admitted', reason: 'withinLimit' }, 1],
      ],
    },
    { name: 'rate_limiter.wait.duration', unit: 's', points: [[{}, [1, 1.5]]] },
    {
      name: 'rate_limiter.store.duration',
      unit: 's',
      points: [
        [{ outcome: 'answered' }, [1, 0.003]],
        [{ outcome: 'failed' }, [1, 0.05]],
      ],
    },
    { name: 'rate_limiter.keys', unit: '{key}', points: [[{}, 42]] },
  ]);
  await provider.shutdown();
});

test('there is no gauge of keys where nobody counts them', () => {
  const created: string[] = [];
  const note = (name: string): void => void created.push(name);
  openTelemetry({
    createCounter: (name) => (note(name), { add: () => undefined }),
    createHistogram: (name) => (note(name), { record: () => undefined }),
    createObservableGauge: (name) => (note(name), { addCallback: () => undefined }),
  });
  expect(created).not.toContain('rate_limiter.keys');
  expect(created).toHaveLength(3);
});
