import { describe, expect, test } from 'vitest';

import { circuitSettings, copyOptions } from '../src/circuit-options.ts';
import { consecutiveFailures, countWindow } from '../src/trip-policy.ts';

describe('the settings of a circuit', () => {
  test('are those of the table in the README when nothing is said', () => {
    expect(circuitSettings()).toEqual({
      trip: {
        kind: 'countWindow',
        failureThreshold: 0.5,
        minimumCalls: 20,
        slowThreshold: 2,
        slowerThanMs: undefined,
        size: 100,
        durationMs: 0,
        bucketCount: 0,
      },
      openWait: { initialMs: 5_000, factor: 2, maxMs: 60_000, jitter: 0.2 },
      openForMsMax: 300_000,
      permittedCalls: 10,
      trialMinimum: 10,
      halfOpenWaitMsMax: 60_000,
      afterWait: 'open',
      warmUp: undefined,
      initialState: 'closed',
    });
  });

  test('let trial calls be judged by the minimum of a rate, or by all of them', () => {
    const trialMinimum = (trip: Parameters<typeof circuitSettings>[0]): number =>
      circuitSettings(trip).trialMinimum;
    expect(trialMinimum({ trip: countWindow({ minimumCalls: 4 }) })).toBe(4);
    expect(trialMinimum({ trip: countWindow({ minimumCalls: 40 }) })).toBe(10);
    expect(trialMinimum({ trip: consecutiveFailures(4) })).toBe(10);
  });
});

describe('a copy of options', () => {
  test('has all that is the circuit’s, and nothing else', () => {
    const given = { trip: countWindow(), name: 'a', onError: () => undefined, warmUp: undefined };
    expect(copyOptions(JSON.parse(JSON.stringify(given)) as object)).toEqual({ trip: given.trip });
  });

  test('does not follow changes of what was copied', () => {
    const halfOpen = { permittedCalls: 1 };
    const copied = copyOptions({ halfOpen });
    halfOpen.permittedCalls = 9;
    expect(copied.halfOpen).toEqual({ permittedCalls: 1 });
  });
});
