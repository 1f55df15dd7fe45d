/** The circuit as one would explain it to a colleague, on a clock that the test moves by hand. */
import { describe, expect, test } from 'vitest';

import type { CircuitChange } from '../src/circuit-change.ts';
import { type CircuitOptions, circuitSettings } from '../src/circuit-options.ts';
import { type CircuitState, circuitStates, mayFollow } from '../src/circuit-state.ts';
import { Circuit } from '../src/circuit.ts';
import type { Outcome } from '../src/outcome.ts';
import { refused } from '../src/refusal.ts';
import { consecutiveFailures, countWindow, timeWindow } from '../src/trip-policy.ts';

interface Bench {
  readonly circuit: Circuit;
  readonly changes: CircuitChange[];
  /** Moves the clock. */
  pass(ms: number): void;
  /** One call after the other, each with its outcome at once. Says which were admitted. */
  calls(...outcomes: readonly Outcome[]): readonly boolean[];
  nowMs(): number;
}

function bench(options: CircuitOptions = {}, mayOpen = (): boolean => true): Bench {
  let nowMs = 0;
  const changes: CircuitChange[] = [];
  const onChange = (change: CircuitChange): void => void changes.push(change);
  const circuit = new Circuit(circuitSettings(options), { draw: () => 0, mayOpen, onChange }, 0);
  return {
    circuit,
    changes,
    nowMs: () => nowMs,
    pass(ms) {
      nowMs += ms;
    },
    calls(...outcomes) {
      return outcomes.map((outcome) => {
        const generation = circuit.acquire(nowMs);
        if (generation !== refused) circuit.settle(generation, outcome, nowMs);
        return generation !== refused;
      });
    },
  };
}

const halfOpened = (options: CircuitOptions): Bench => {
  const it = bench({ openForMs: 100, ...options });
  it.circuit.transition('open', 0);
  it.pass(100);
  return it;
};

const times = <Item>(count: number, item: Item): Item[] =>
  Array.from({ length: count }, () => item);

describe('the table of transitions', () => {
  const moves = circuitStates.flatMap((from) => circuitStates.map((to) => ({ from, to })));
  const enter = (state: CircuitState): Bench => bench({ initialState: state, openForMs: 1e6 });

  test.each(moves.filter(({ from, to }) => mayFollow(from, to)))(
    'leads from $from to $to',
    ({ from, to }) => {
      const { circuit, changes } = enter(from);
      const before = circuit.generation;
      changes.length = 0;
      circuit.transition(to, 0);
      expect(circuit.state).toBe(to);
      expect(circuit.generation).toBe(before + 1);
      // A state that begins anew is no transition to anybody who looks on.
      expect(changes.length).toBe(from === to ? 0 : 1);
    },
  );

  test.each(moves.filter(({ from, to }) => !mayFollow(from, to)))(
    'does not lead from $from to $to',
    ({ from, to }) => {
      const { circuit, changes } = enter(from);
      const before = circuit.generation;
      changes.length = 0;
      expect(() => circuit.transition(to, 0)).toThrow(RangeError);
      expect([circuit.state, circuit.generation, changes]).toEqual([from, before, []]);
    },
  );

  test('is that of resilience4j, in which three moves are missing', () => {
    const missing = moves.filter(({ from, to }) => !mayFollow(from, to));
    expect(missing.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'closed>halfOpen',
      'metricsOnly>open',
      'metricsOnly>halfOpen',
    ]);
  });
});

describe('closed', () => {
  test('admits everything and opens at the failure rate, from the minimum on', () => {
    const { calls, circuit, changes } = bench({ trip: countWindow({ size: 10, minimumCalls: 6 }) });
    calls('success', 'success', 'failure', 'failure', 'success');
    expect(circuit.state).toBe('closed');
    calls('failure');
    expect(changes).toEqual([
      { kind: 'thresholdReached', threshold: 'failureRate', value: 0.5 },
      { kind: 'transition', from: 'closed', to: 'open', reason: 'failureRate', generation: 2 },
    ]);
  });

  test('forgets the oldest outcome for each that comes', () => {
    const { calls, circuit } = bench({
      trip: countWindow({ size: 4, minimumCalls: 4, failureThreshold: 0.75 }),
    });
    calls('failure', 'failure', 'success', 'success', 'success', 'failure');
    expect(circuit.counts).toEqual({ total: 4, failed: 1, slow: 0, slowFailed: 0 });
  });

  test('caps the minimum of a window of counts at its size, not that of a window of time', () => {
    const counts = bench({ trip: countWindow({ size: 3, minimumCalls: 100 }) });
    counts.calls('failure', 'failure', 'failure');
    expect(counts.circuit.state).toBe('open');
    const time = bench({ trip: timeWindow({ durationMs: 1_000, minimumCalls: 100 }) });
    time.calls(...times(99, 'failure' as const));
    expect(time.circuit.state).toBe('closed');
    time.calls('success');
    expect(time.circuit.state).toBe('open');
  });

  test('opens by an answer that names a time, for that time, whatever the window says', () => {
    const { circuit, changes } = bench({ openForMs: 5, openForMsMax: 60_000 });
    circuit.settleAndOpen(circuit.acquire(0), 'failure', 7_000, 0);
    expect(circuit.retryAfterMsAt(0)).toBe(7_000);
    expect(changes).toMatchObject([{ kind: 'transition', to: 'open', reason: 'answer' }]);
  });

  test('takes no answer for longer than it was told to', () => {
    const { circuit } = bench({ openForMsMax: 60_000 });
    circuit.settleAndOpen(circuit.acquire(0), 'failure', 1e12, 0);
    expect(circuit.retryAfterMsAt(0)).toBe(60_000);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('takes no answer of %f ms', (openForMs) => {
    const { circuit } = bench();
    const generation = circuit.acquire(0);
    expect(() => circuit.settleAndOpen(generation, 'failure', openForMs, 0)).toThrow(RangeError);
    expect(circuit.counts.total).toBe(0);
  });
});

describe('hearsay', () => {
  test('opens a closed circuit, counts as an opening, and says why', () => {
    const { circuit, changes, pass, calls } = bench({ openForMs: 100 });
    expect(circuit.openOnHearsay(70, 0)).toBe('opened');
    expect(changes).toMatchObject([{ from: 'closed', to: 'open', reason: 'hearsay' }]);
    expect([circuit.retryAfterMsAt(0), circuit.openings]).toEqual([70, 1]);
    pass(70);
    expect(calls('success')).toEqual([true]);
  });

  test('finds a circuit half open whose wait is over, and leaves it so', () => {
    const { circuit } = bench({ openForMs: 100 });
    circuit.transition('open', 0);
    expect(circuit.openOnHearsay(70, 100)).toBe('notClosed');
    expect(circuit.state).toBe('halfOpen');
  });

  test('is denied where mayOpen says no', () => {
    const { circuit, changes } = bench({}, () => false);
    expect(circuit.openOnHearsay(70, 0)).toBe('denied');
    expect(circuit.state).toBe('closed');
    expect(changes).toEqual([{ kind: 'openingDenied', reason: 'hearsay' }]);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 31])('is not %f ms', (openForMs) => {
    const { circuit, changes } = bench();
    expect(() => circuit.openOnHearsay(openForMs, 0)).toThrow('openForMs: expected a number in');
    expect(changes).toEqual([]);
  });
});

describe('open', () => {
  test('refuses until its wait is over, and then admits a trial call', () => {
    const { circuit, pass, nowMs } = bench({ openForMs: 100 });
    circuit.transition('open', 0);
    pass(99);
    expect(circuit.acquire(nowMs())).toBe(refused);
    expect(circuit.retryAfterMsAt(nowMs())).toBe(1);
    // A fraction is rounded up: who waits for what it is told is let in.
    expect(circuit.retryAfterMsAt(99.5)).toBe(1);
    pass(1);
    expect(circuit.acquire(nowMs())).not.toBe(refused);
    expect(circuit.state).toBe('halfOpen');
  });

  test('is seen half open before any call, without being changed by looking', () => {
    const { circuit } = bench({ openForMs: 100 });
    circuit.transition('open', 0);
    expect(circuit.stateAt(100)).toBe('halfOpen');
    expect(circuit.state).toBe('open');
    expect(circuit.stateAt(99)).toBe('open');
  });

  test('waits longer each time in a row, and as at first after it was closed', () => {
    const openForMs = { initialMs: 100, factor: 2, maxMs: 350, jitter: 0 };
    const { circuit, calls, pass, nowMs } = bench({
      openForMs,
      trip: consecutiveFailures(1),
      halfOpen: { permittedCalls: 1 },
    });
    const waits: (number | undefined)[] = [];
    const fail = (): void => {
      calls('failure');
      waits.push(circuit.retryAfterMsAt(nowMs()));
      pass(350);
    };
    for (let opening = 0; opening < 4; opening += 1) fail();
    calls('success');
    fail();
    expect(waits).toEqual([100, 200, 350, 350, 100]);
  });
});

describe('half open', () => {
  test('admits as many trial calls as are permitted, and judges the minimum of them', () => {
    const { calls, circuit } = halfOpened({
      trip: countWindow({ minimumCalls: 3 }),
      halfOpen: { permittedCalls: 10 },
    });
    calls('success', 'success', 'failure');
    expect(circuit.state).toBe('closed');
  });

  test('judges all that are permitted when the minimum is more', () => {
    const { calls, circuit } = halfOpened({
      trip: countWindow({ minimumCalls: 100 }),
      halfOpen: { permittedCalls: 4 },
    });
    calls('failure', 'success', 'success');
    expect(circuit.state).toBe('halfOpen');
    calls('success');
    expect(circuit.state).toBe('closed');
  });

  test('opens again as soon as no success can make up for the failures', () => {
    const { calls, circuit } = halfOpened({ halfOpen: { permittedCalls: 10 } });
    calls('failure', 'failure', 'failure', 'failure');
    expect(circuit.state).toBe('halfOpen');
    calls('failure');
    expect(circuit.state).toBe('open');
    expect(circuit.openings).toBe(2);
  });

  test('opens by the rate of slow trial calls as well', () => {
    const { calls, changes } = halfOpened({
      trip: countWindow({ slowCalls: { slowerThanMs: 5, threshold: 0.5 } }),
      halfOpen: { permittedCalls: 2 },
    });
    calls('slowSuccess', 'success');
    expect(changes.at(-1)).toMatchObject({ to: 'open', reason: 'slowRate' });
  });

  test('opens at the first failure when failures in a row are what counts', () => {
    const { calls, circuit } = halfOpened({
      trip: consecutiveFailures(5),
      halfOpen: { permittedCalls: 3 },
    });
    calls('success', 'success', 'failure');
    expect(circuit.state).toBe('open');
  });

  test('opens for as long as an answer asks for', () => {
    const it = halfOpened({ openForMs: 100 });
    it.circuit.settleAndOpen(it.circuit.acquire(100), 'failure', 9_000, 100);
    expect(it.circuit.retryAfterMsAt(100)).toBe(9_000);
  });

  test('starts with an empty window, and leaves one behind when it closes', () => {
    const { calls, circuit } = halfOpened({ halfOpen: { permittedCalls: 2 } });
    calls('failure', 'success');
    expect(circuit.state).toBe('open');
    circuit.transition('closed', 100);
    expect(circuit.counts.total).toBe(0);
    expect(circuit.openings).toBe(0);
  });
});

describe('disabled', () => {
  test('admits everything and counts nothing', () => {
    const { calls, circuit, changes } = bench({ initialState: 'disabled' });
    changes.length = 0;
    expect(calls(...times(200, 'failure' as const))).toEqual(times(200, true));
    expect(circuit.counts.total).toBe(0);
    expect(circuit.tallies).toMatchObject({ admittedCount: 200, failureCount: 0 });
    circuit.settleAndOpen(circuit.acquire(0), 'failure', 1_000, 0);
    expect(changes).toEqual([]);
  });
});

describe('forced open', () => {
  test('refuses everything, whatever the time', () => {
    const { calls, circuit, pass, nowMs } = bench({ initialState: 'forcedOpen' });
    pass(1e9);
    expect(calls('success', 'success')).toEqual([false, false]);
    expect(circuit.acquireReadsTime).toBe(false);
    expect(circuit.retryAfterMsAt(nowMs())).toBeUndefined();
    expect(circuit.tallies.refusedCount).toBe(2);
  });
});

describe('metrics-only', () => {
  const trip = countWindow({
    size: 4,
    minimumCalls: 2,
    slowCalls: { slowerThanMs: 1, threshold: 0.5 },
  });

  test('counts, says once of each threshold that it is reached, and never opens', () => {
    const { calls, circuit, changes } = bench({ trip, initialState: 'metricsOnly' });
    changes.length = 0;
    calls('failure', 'failure', 'failure', 'slowSuccess', 'slowSuccess', 'slowFailure', 'failure');
    expect(circuit.state).toBe('metricsOnly');
    expect(changes).toMatchObject([
      { kind: 'thresholdReached', threshold: 'failureRate', value: 1 },
      { kind: 'thresholdReached', threshold: 'slowRate', value: 0.5 },
    ]);
  });

  test('says so again when it is entered again', () => {
    const { calls, circuit, changes } = bench({ trip, initialState: 'metricsOnly' });
    calls('failure', 'failure');
    circuit.transition('metricsOnly', 0);
    changes.length = 0;
    calls('failure', 'failure');
    expect(changes).toHaveLength(1);
  });

  test('does not open by an answer that names a time', () => {
    const { circuit } = bench({ trip, initialState: 'metricsOnly' });
    circuit.settleAndOpen(circuit.acquire(0), 'failure', 1_000, 0);
    expect(circuit.state).toBe('metricsOnly');
    expect(circuit.counts.failed).toBe(1);
  });
});

describe('reset', () => {
  test.each(circuitStates)('makes a circuit that is %s closed and empty, and says so', (state) => {
    const { circuit, changes, calls } = bench({
      initialState: state,
    });
    calls('failure');
    changes.length = 0;
    circuit.reset(0);
    expect(changes).toMatchObject([{ kind: 'reset', from: state }]);
    expect(circuit).toMatchObject({ state: 'closed', openings: 0 });
    expect(circuit.counts.total).toBe(0);
    expect(calls('success')).toEqual([true]);
  });
});

describe('an opening that is denied', () => {
  test('leaves the circuit closed, and is asked for again by whatever comes next', () => {
    let isDenied = true;
    const { calls, circuit, changes } = bench(
      { trip: countWindow({ size: 4, minimumCalls: 2 }) },
      () => !isDenied,
    );
    calls('failure', 'failure');
    expect(circuit.state).toBe('closed');
    expect(changes.at(-1)).toEqual({ kind: 'openingDenied', reason: 'failureRate' });
    isDenied = false;
    calls('success');
    expect(circuit.state).toBe('open');
  });

  test('closes a half-open circuit', () => {
    let isDenied = false;
    const it = bench({ openForMs: 10, halfOpen: { permittedCalls: 1 } }, () => !isDenied);
    it.circuit.transition('open', 0);
    it.pass(10);
    isDenied = true;
    it.calls('failure');
    expect(it.changes.at(-1)).toMatchObject({
      from: 'halfOpen',
      to: 'closed',
      reason: 'openingDenied',
    });
  });
});

describe('an update', () => {
  test('keeps the outcomes of a window that changes its size, the youngest if it shrinks', () => {
    const { calls, circuit } = bench({ trip: countWindow({ size: 6, minimumCalls: 6 }) });
    calls('failure', 'success', 'success', 'failure');
    circuit.update(circuitSettings({ trip: countWindow({ size: 3 }) }), 0);
    expect(circuit.counts).toMatchObject({ total: 3, failed: 1 });
    circuit.update(circuitSettings({ trip: countWindow({ size: 50 }) }), 0);
    expect(circuit.counts).toMatchObject({ total: 3, failed: 1 });
    circuit.update(circuitSettings({ trip: timeWindow() }), 0);
    expect(circuit.counts.total).toBe(0);
  });

  test('keeps the outcomes of a window of time that changes its buckets', () => {
    const { calls, circuit, pass, nowMs } = bench({ trip: timeWindow({ durationMs: 1_000 }) });
    calls('failure');
    pass(500);
    calls('success');
    circuit.update(
      circuitSettings({ trip: timeWindow({ durationMs: 2_000, bucketCount: 4 }) }),
      nowMs(),
    );
    expect(circuit.counts).toMatchObject({ total: 2, failed: 1 });
  });

  test('judges by the new thresholds with the next outcome, a success too', () => {
    const { calls, circuit } = bench({ trip: countWindow({ size: 10, minimumCalls: 2 }) });
    calls('success', 'success', 'success', 'failure');
    circuit.update(
      circuitSettings({ trip: countWindow({ size: 10, failureThreshold: 0.1, minimumCalls: 2 }) }),
      0,
    );
    expect(circuit.state).toBe('closed');
    calls('success');
    expect(circuit.state).toBe('open');
  });

  test('neither moves the end of a wait nor changes the generation', () => {
    const { circuit } = bench({ openForMs: 100 });
    circuit.transition('open', 0);
    const before = circuit.generation;
    circuit.update(circuitSettings({ openForMs: 9_000 }), 50);
    expect(circuit.retryAfterMsAt(50)).toBe(50);
    expect(circuit.generation).toBe(before);
  });

  test('admits more trial calls, or no more, by the number that were admitted', () => {
    const { circuit, nowMs } = halfOpened({ halfOpen: { permittedCalls: 2 } });
    const admitted = (): boolean => circuit.acquire(nowMs()) !== refused;
    expect([admitted(), admitted(), admitted()]).toEqual([true, true, false]);
    circuit.update(circuitSettings({ halfOpen: { permittedCalls: 3 } }), nowMs());
    expect([admitted(), admitted()]).toEqual([true, false]);
    circuit.update(circuitSettings({ halfOpen: { permittedCalls: 1 } }), nowMs());
    expect(admitted()).toBe(false);
  });

  test('decides at once when those that are back are all that will be permitted', () => {
    const { circuit, calls, nowMs } = halfOpened({ halfOpen: { permittedCalls: 5 } });
    calls('success', 'success');
    circuit.update(circuitSettings({ halfOpen: { permittedCalls: 2 } }), nowMs());
    expect(circuit.state).toBe('closed');
  });
});

describe('time', () => {
  test('is not asked for by calls that succeed under a window of counts', () => {
    const { circuit } = bench({ trip: countWindow({ size: 5, minimumCalls: 3 }) });
    for (let call = 0; call < 20; call += 1) {
      expect(circuit.acquireReadsTime).toBe(false);
      // Only the success that makes a rate could open the circuit.
      expect(circuit.settleReadsTime('success')).toBe(call === 2);
      circuit.settle(circuit.acquire(Number.NaN), 'success', call === 2 ? 0 : Number.NaN);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'of %f is refused where it matters, and changes nothing',
    (nowMs) => {
      const { circuit, changes } = bench({ trip: consecutiveFailures(1) });
      const generation = circuit.acquire(0);
      expect(() => circuit.settle(generation, 'failure', nowMs)).toThrow(
        'nowMs: expected a finite',
      );
      expect(() => circuit.transition('open', nowMs)).toThrow(RangeError);
      expect(() => circuit.stateAt(nowMs)).toThrow(RangeError);
      expect([circuit.state, circuit.counts.total, changes]).toEqual(['closed', 0, []]);
      circuit.transition('open', 0);
      expect(() => circuit.acquire(nowMs)).toThrow(RangeError);
      expect(() => circuit.advance(nowMs)).toThrow(RangeError);
      expect(circuit.tallies.refusedCount).toBe(0);
    },
  );

  test('goes on from where it was when the clock goes back', () => {
    const { circuit } = bench({ openForMs: 100 });
    circuit.transition('open', 1_000_000);
    expect(circuit.acquire(5)).toBe(refused);
    expect(circuit.retryAfterMsAt(65)).toBe(40);
    expect(circuit.acquire(105)).not.toBe(refused);
  });
});
