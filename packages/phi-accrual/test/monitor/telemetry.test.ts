import { Simulation } from '@quorate/simulation';
import { expect, test } from 'vitest';

import {
  type InstrumentAttributes,
  type MeterLike,
  measureMonitor,
  type ObservableInstrument,
  type ObservableResult,
} from '../../src/monitor/telemetry.ts';
import { namesOf, SimulatedMonitors } from '../support/monitors.ts';

const [n1, n2] = namesOf(2) as [never, never];

type Asked = (result: ObservableResult) => void;

/** A meter that keeps what it is told, and asks when it is told to. */
class KeepingMeter implements MeterLike {
  readonly #asked = new Map<string, Set<Asked>>();
  readonly #counts = new Map<string, number>();

  createCounter(name: string): { add: (value: number, attributes?: InstrumentAttributes) => void } {
    return {
      add: (value, attributes = {}) => {
        const key = keyOf(name, attributes);
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + value);
      },
    };
  }

  createObservableCounter(name: string): ObservableInstrument {
    return this.createObservableGauge(name);
  }

  createObservableGauge(name: string): ObservableInstrument {
    const asked = new Set<Asked>();
    this.#asked.set(name, asked);
    return {
      addCallback: (observe) => asked.add(observe),
      removeCallback: (observe) => asked.delete(observe),
    };
  }

  collect(): Readonly<Record<string, number>> {
    const samples = new Map(this.#counts);
    for (const [name, asked] of this.#asked) {
      for (const observe of asked) {
        observe({
          observe: (value, attributes = {}) => samples.set(keyOf(name, attributes), value),
        });
      }
    }
    return Object.fromEntries(samples);
  }
}

function keyOf(name: string, attributes: InstrumentAttributes): string {
  return [name, ...Object.values(attributes)].join(' ');
}

test('a meter is told what a monitor observes, until that is ended', async () => {
  const meter = new KeepingMeter();
  const simulation = new Simulation({ seed: 1 });
  const cluster = new SimulatedMonitors(simulation, 4);
  await simulation.run(0);
  const stop = measureMonitor(meter, cluster.monitor(n1));
  await simulation.run(30_000);
  simulation.crash(n2);
  await simulation.run(10_000);
  const samples = meter.collect();
  expect(samples).toMatchObject({
    'phi_accrual.changes trusted': 3,
    'phi_accrual.changes suspected': 1,
    'phi_accrual.heartbeats sent': 120,
    'phi_accrual.heartbeats late': 0,
    'phi_accrual.heartbeats suppressed': 0,
    'phi_accrual.peers trusted': 2,
    'phi_accrual.peers suspected': 1,
    'phi_accrual.peers unheard': 0,
    'phi_accrual.health': 0,
  });
  expect(samples['phi_accrual.suspicion n2']).toBeGreaterThan(1);
  expect(samples['phi_accrual.suspicion n3']).toBeLessThan(1);
  stop();
  simulation.restart(n2);
  await simulation.run(10_000);
  expect(meter.collect()).toEqual({
    'phi_accrual.changes trusted': 3,
    'phi_accrual.changes suspected': 1,
  });
});
