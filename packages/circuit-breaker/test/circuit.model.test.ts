/**
 * The circuit against a twin that keeps every outcome and looks through all of them.
 *
 * The twin is always told the time that the circuit asks for. Where the circuit says that it needs
 * none, it gets NaN: whatever it does with that shows.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type CircuitOptions, circuitSettings } from '../src/circuit-options.ts';
import { type CircuitState, circuitStates } from '../src/circuit-state.ts';
import { Circuit } from '../src/circuit.ts';
import { type Outcome, outcomes } from '../src/outcome.ts';
import { CircuitModel } from './support/circuit-model.ts';

type Step =
  | { readonly kind: 'acquire' }
  | { readonly kind: 'call'; readonly outcome: Outcome }
  | { readonly kind: 'settle'; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: 'answer'; readonly which: number; readonly openForMs: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'move'; readonly to: CircuitState }
  | { readonly kind: 'hear'; readonly openForMs: number }
  | { readonly kind: 'deny'; readonly isDenied: boolean }
  | { readonly kind: 'reset' };

const which = fc.nat(5);
const ending = fc.constantFrom<Outcome>(...outcomes, 'failure', 'success');
// Failures are frequent and spans short, so that all states are visited many times in one run.
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 15, arbitrary: fc.record({ kind: fc.constant('acquire') }) },
  {
    weight: 15,
    arbitrary: fc.record({ kind: fc.constant('settle'), which, outcome: ending }),
  },
  { weight: 40, arbitrary: fc.record({ kind: fc.constant('call'), outcome: ending }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('answer'), which, openForMs: fc.nat(60) }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('pass'),
      ms: fc.oneof(fc.nat(30), fc.integer({ min: -2_000, max: 0 }), fc.nat(3_000)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move'), to: fc.constantFrom(...circuitStates) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hear'), openForMs: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deny'), isDenied: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset') }) },
);

const share = fc.constantFrom(0.1, 0.3, 0.5, 1);
const rates = {
  failureThreshold: share,
  minimumCalls: fc.integer({ min: 1, max: 8 }),
  slowCalls: fc.option(fc.record({ slowerThanMs: fc.constant(10), threshold: share }), {
    nil: undefined,
  }),
};
const trip = fc.oneof(
  fc.record({
    kind: fc.constant('consecutiveFailures' as const),
    failureThreshold: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    kind: fc.constant('countWindow' as const),
    size: fc.integer({ min: 1, max: 10 }),
    ...rates,
  }),
  fc.record({
    kind: fc.constant('timeWindow' as const),
    durationMs: fc.constantFrom(40, 100),
    bucketCount: fc.constantFrom(1, 4, 5),
    ...rates,
  }),
);
const options = fc.record({
  trip,
  openForMs: fc.oneof(
    fc.nat(50),
    fc.record({
      initialMs: fc.constantFrom(8, 16),
      factor: fc.constantFrom(1, 2),
      maxMs: fc.constantFrom(16, 64),
      jitter: fc.constantFrom(0, 0.5),
    }),
  ),
  openForMsMax: fc.constantFrom(0, 30, 1_000),
  halfOpen: fc.record({
    permittedCalls: fc.integer({ min: 1, max: 5 }),
    waitMsMax: fc.constantFrom(0, 20, 100),
    afterWait: fc.constantFrom('open' as const, 'closed' as const),
  }),
  initialState: fc.constantFrom('closed', 'closed', 'closed', ...circuitStates),
});

/** Undefined fields are left out, as a caller leaves them out. */
function given(from: object): CircuitOptions {
  return JSON.parse(JSON.stringify(from)) as CircuitOptions;
}

/** The same numbers for whoever asks in the same order. */
function draws(): () => number {
  let count = 0;
  return () => ((count += 1) % 4) / 4;
}

class Twins {
  readonly circuit: Circuit;
  readonly model: CircuitModel;
  readonly exceeded: string[] = [];
  #nowMs = 1_000;
  #isDenied = false;
  #comparedGeneration = 0;
  #oldCount = 0;
  #permits: number[] = [];

  constructor(from: CircuitOptions) {
    const settings = circuitSettings(from);
    const mayOpen = (): boolean => !this.#isDenied;
    this.circuit = new Circuit(
      settings,
      {
        draw: draws(),
        mayOpen,
        onChange: (change) => {
          if (change.kind !== 'thresholdReached') return;
          if (this.circuit.state === 'metricsOnly') this.exceeded.push(change.threshold);
        },
      },
      this.#nowMs,
    );
    this.model = new CircuitModel(settings, draws(), mayOpen, this.#nowMs);
  }

  do(move: Step): void {
    const { circuit, model } = this;
    switch (move.kind) {
      case 'acquire':
        this.#acquire();
        break;
      case 'settle':
        this.#settle(this.#permitAt(move.which), move.outcome);
        break;
      case 'call':
        this.#acquire();
        this.compare();
        this.#settle(this.#permitAt(-1), move.outcome);
        break;
      case 'answer': {
        const permit = this.#permitAt(move.which);
        if (permit === undefined) return;
        const isRead = permit === circuit.generation;
        circuit.settleAndOpen(permit, 'failure', move.openForMs, this.#read(isRead));
        model.settle(permit, 'failure', move.openForMs);
        break;
      }
      case 'pass':
        this.#nowMs += move.ms;
        break;
      case 'move': {
        const nowMs = this.#read(true);
        if (model.transition(move.to)) circuit.transition(move.to, nowMs);
        else expect(() => circuit.transition(move.to, nowMs)).toThrow(RangeError);
        break;
      }
      case 'hear': {
        const heard = circuit.openOnHearsay(move.openForMs, this.#read(true));
        expect(heard).toBe(model.hear(move.openForMs));
        break;
      }
      case 'deny':
        this.#isDenied = move.isDenied;
        break;
      case 'reset':
        circuit.reset(this.#read(true));
        model.reset();
        break;
    }
    this.compare();
  }

  compare(): void {
    const { circuit, model } = this;
    expect(circuit.state).toBe(model.state);
    expect(circuit.generation).toBe(model.generation);
    expect(circuit.openings).toBe(model.openings);
    // Each threshold is told once for each entry into the state.
    if (circuit.generation !== this.#comparedGeneration) this.exceeded.splice(0, this.#oldCount);
    this.#comparedGeneration = circuit.generation;
    this.#oldCount = this.exceeded.length;
    expect(this.exceeded.toSorted()).toEqual(model.exceeded.toSorted());
  }

  #acquire(): void {
    const generation = this.circuit.acquire(this.#read(this.circuit.acquireReadsTime));
    expect(generation).toBe(this.model.acquire());
    if (generation !== 0) this.#permits.push(generation);
  }

  #settle(permit: number | undefined, outcome: Outcome): void {
    const { circuit } = this;
    if (permit === undefined) return;
    const isRead = permit === circuit.generation && circuit.settleReadsTime(outcome);
    circuit.settle(permit, outcome, this.#read(isRead));
    this.model.settle(permit, outcome);
  }

  #permitAt(which: number): number | undefined {
    return this.#permits.splice(which, 1)[0];
  }

  #read(isRead: boolean): number {
    if (!isRead) return Number.NaN;
    this.model.tell(this.#nowMs);
    return this.#nowMs;
  }
}

describe('Circuit', () => {
  test('does what a twin does that keeps every outcome, whatever calls and clocks do', () => {
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 150 }), (from, steps) => {
        const twins = new Twins(given(from));
        twins.compare();
        for (const move of steps) twins.do(move);
      }),
      { numRuns: 1_000 },
    );
  });
});
