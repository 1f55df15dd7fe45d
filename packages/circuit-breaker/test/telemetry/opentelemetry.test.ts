import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';

import { type CircuitMeter, openTelemetry } from '../../src/telemetry/opentelemetry.ts';
import { measureBreaker } from '../../src/telemetry/measure.ts';
import { permitOf, scene } from '../support/scene.ts';

/** A meter that notes what it is told. */
function notes(): { readonly meter: CircuitMeter; readonly noted: [string, unknown, unknown][] } {
  const noted: [string, unknown, unknown][] = [];
  const note = (name: string) => (value: number, attributes: unknown) =>
    void noted.push([name, value, attributes]);
  const meter: CircuitMeter = {
    createCounter: (name) => ({ add: note(name) }),
    createHistogram: (name) => ({ record: note(name) }),
    createObservableGauge: (name) => (
      noted.push([name, 'gauge', 'made']),
      { addCallback: () => undefined }
    ),
  };
  return { meter, noted };
}

test('the metrics of the SDK have the names, units and attributes that are promised', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const { breaker, clock } = scene({ name: 'stock' });
  measureBreaker(
    breaker,
    openTelemetry(provider.getMeter('test'), () => [breaker]),
  );
  for (const durationMs of [100, 400]) {
    const permit = permitOf(breaker);
    clock.advance(durationMs);
    permit.fail();
  }
  expect(breaker.tryAcquire().kind).toBe('refused');
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
  const name = 'stock';
  const move = { from: 'closed', to: 'open', reason: 'consecutiveFailures' };
  const isOpen = (state: string): number => (state === 'open' ? 1 : 0);
  const states = ['closed', 'open', 'halfOpen', 'forcedOpen', 'disabled', 'metricsOnly'];
  expect(found).toEqual([
    {
      name: 'circuit_breaker.calls',
      unit: '{call}',
      points: [[{ name, outcome: 'failure' }, 2]],
    },
    {
      name: 'circuit_breaker.not_permitted_calls',
      unit: '{call}',
      points: [[{ name, reason: 'open' }, 1]],
    },
    {
      name: 'circuit_breaker.transitions',
      unit: '{transition}',
      points: [[{ name, ...move }, 1]],
    },
    { name: 'circuit_breaker.call.duration', unit: 's', points: [[{ name }, [2, 0.5]]] },
    {
      name: 'circuit_breaker.state',
      unit: '1',
      points: states.map((state) => [{ name, state }, isOpen(state)]),
    },
  ]);
  await provider.shutdown();
});

test('there is no gauge of states where nobody shows any', () => {
  const { meter, noted } = notes();
  openTelemetry(meter);
  expect(noted).toEqual([]);
  openTelemetry(meter, () => []);
  expect(noted).toEqual([['circuit_breaker.state', 'gauge', 'made']]);
});

test('has a bounded number of names, and no duration of calls that nobody timed', () => {
  const { meter, noted } = notes();
  const telemetry = openTelemetry(meter);
  const settled = { kind: 'settled', outcome: 'success', durationMs: NaN, isLate: false } as const;
  for (let index = 0; index < 3_000; index += 1) {
    telemetry.called({ ...settled, breakerName: `host ${index}` });
  }
  expect(new Set(noted.map(([, , attributes]) => JSON.stringify(attributes))).size).toBe(1_001);
  expect(new Set(noted.map(([name]) => name))).toEqual(new Set(['circuit_breaker.calls']));
  telemetry.called({ ...settled, breakerName: 'host 1', durationMs: -5 });
  expect(noted.at(-1)).toEqual(['circuit_breaker.call.duration', 0, { name: 'host 1' }]);
});

test.each([undefined, null, 3])('%o is no meter', (meter) => {
  // @ts-expect-error -- No meter.
  expect(() => openTelemetry(meter)).toThrow('meter: expected an object');
  // @ts-expect-error -- No function.
  expect(() => openTelemetry(notes().meter, meter ?? 7)).toThrow('breakers: expected a function');
});
