import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { generateTrace } from '../../src/analysis/generate-trace.ts';
import { type TraceKind, traceModels } from '../../src/analysis/trace-models.ts';
import type { HeartbeatTrace } from '../../src/analysis/trace.ts';

const kinds: readonly TraceKind[] = [
  'wan',
  'lan',
  'lan-stalls',
  'cloud',
  'cross-region',
  'gc-pauses',
  'mobile',
  'hidden-tab',
  'lossy',
];

function delaysMs(trace: HeartbeatTrace): number[] {
  return [...trace.delivered].map(
    (row) => (trace.arrivedAtMs[row] ?? 0) - (trace.sentAtMs[row] ?? 0),
  );
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >>> 1] ?? NaN;
}

const made = (kind: TraceKind, count: number, seed = 1) =>
  generateTrace(kind, { random: seededRandom(seed), count });

describe.each(kinds)('%s', (kind) => {
  test('is the same for the same seed, and another for another', () => {
    const [one, same, other] = [made(kind, 5_000), made(kind, 5_000), made(kind, 5_000, 2)];
    expect(same.arrivedAtMs).toEqual(one.arrivedAtMs);
    expect(same.sentAtMs).toEqual(one.sentAtMs);
    expect(other.arrivedAtMs).not.toEqual(one.arrivedAtMs);
  });

  test('begins a longer trace as a shorter one', () => {
    const [short, long] = [made(kind, 1_000), made(kind, 2_000)];
    expect(long.arrivedAtMs.slice(0, 1_000)).toEqual(short.arrivedAtMs);
  });

  test('is sent on schedule, and has a name', () => {
    const trace = made(kind, 2_000);
    expect(trace.name).toBe(kind);
    expect(trace.intervalMs).toBe(traceModels[kind].intervalMs);
    const offMs = trace.sentAtMs.map((sent, row) => sent - (row + 1) * trace.intervalMs);
    expect(Math.min(...offMs)).toBeGreaterThanOrEqual(0);
    expect(median([...offMs])).toBeLessThan(kind === 'hidden-tab' ? 60_000 : 1);
  });
});

describe('the figures that a world is known by', () => {
  test('between continents: the round trip published, and losses in bursts', () => {
    const trace = made('wan', 400_000);
    expect(median(delaysMs(trace))).toBeCloseTo(135 + Math.exp(1.2), 1);
    expect((100 * trace.lostCount) / 400_000).toBeGreaterThan(0.2);
    expect((100 * trace.lostCount) / 400_000).toBeLessThan(0.7);
    const losses = [...trace.arrivedAtMs].map((arrived) => arrived === Infinity);
    const bursts = losses.filter((isLost, row) => isLost && losses[row - 1] === false).length;
    expect(trace.lostCount / bursts).toBeGreaterThan(10);
  });

  test('one loss in twenty, without memory', () => {
    const trace = made('lossy', 100_000);
    expect(trace.lostCount / 100_000).toBeCloseTo(0.05, 2);
    expect(median(delaysMs(trace))).toBeCloseTo(50 * Math.LN2, 0);
  });

  test('radio loses one in fifty, most of them together', () => {
    const trace = made('mobile', 100_000);
    // In the bad state 1 of 21 heartbeats, of which 0.3 are lost; and 0.001 of the others.
    expect(trace.lostCount / 100_000).toBeCloseTo(0.3 / 21 + 0.001, 2.5);
  });

  test('stalls delay and swallow heartbeats', () => {
    const trace = made('lan-stalls', 400_000);
    const lateMs = [...trace.sentAtMs].map((sent, row) => sent - (row + 1) * 1_000);
    const latestMs = lateMs.reduce((most, late) => Math.max(most, late), 0);
    expect(latestMs).toBeGreaterThan(1_000);
    expect(latestMs).toBeLessThan(8_001);
    expect(trace.lostCount).toBeGreaterThan(0);
    // What was due while the sender slept is not sent; the last of it is, when it wakes.
    const unsent = lateMs.flatMap((late, row) => (late > 1_001 ? [row] : []));
    expect(unsent.length).toBeGreaterThan(0);
    expect(new Set(unsent.map((row) => trace.arrivedAtMs[row]))).toEqual(new Set([Infinity]));
  });

  test('a paused observer sees clumps', () => {
    const { arrivedAtMs, delivered } = made('gc-pauses', 200_000);
    const gaps = [...delivered].map(
      (row, index) => (arrivedAtMs[row] ?? 0) - (arrivedAtMs[delivered[index - 1] ?? row] ?? 0),
    );
    expect(gaps.filter((gap) => gap === 0).length).toBeGreaterThan(3);
  });

  test('a hidden tab wakes once a minute', () => {
    const trace = made('hidden-tab', 20_000);
    const arrived = [...trace.delivered].map((row) => trace.sequences[row] ?? 0);
    const gaps = arrived.map((sequence, index) => sequence - (arrived[index - 1] ?? sequence));
    expect(gaps.filter((gap) => gap >= 59 && gap <= 61).length).toBeGreaterThan(50);
    expect(Math.max(...gaps)).toBeLessThan(64);
  });

  test('a few heartbeats between two machines of a zone take long', () => {
    const delays = delaysMs(made('cloud', 50_000));
    const slow = delays.filter((ms) => ms > 3).length / delays.length;
    // 1 in 500 takes longer by an exponential of mean 3 ms.
    expect(slow).toBeGreaterThan(0.0005);
    expect(slow).toBeLessThan(0.0015);
  });

  test('delays breathe over the day', () => {
    const trace = made('cross-region', 86_400);
    const delays = delaysMs(trace);
    const quarter = delays.length >>> 2;
    // The sine is above zero in the first half of the day.
    expect(
      median(delays.slice(0, 2 * quarter)) - median(delays.slice(2 * quarter)),
    ).toBeGreaterThan(1);
  });
});

describe('a world of your own', () => {
  test('may differ in one thing, and keeps the rest', () => {
    const model = { ...traceModels.lan, loss: { kind: 'independent', rate: 0.5 } } as const;
    const half = generateTrace(model, { random: seededRandom(1), count: 4_000, name: 'half' });
    const whole = made('lan', 4_000);
    expect(half.name).toBe('half');
    expect(half.lostCount).toBeGreaterThan(1_800);
    const kept = half.delivered;
    expect([...kept].map((row) => half.arrivedAtMs[row])).toEqual(
      [...kept].map((row) => whole.arrivedAtMs[row]),
    );
  });

  test('loses the same heartbeats whether or not its sender pauses', () => {
    const length = { kind: 'constant', ms: 5_000 } as const;
    const pausing = { ...traceModels.mobile, senderPauses: [{ gapMeanMs: 20_000, length }] };
    const trace = generateTrace(pausing, { random: seededRandom(1), count: 4_000 });
    const calm = made('mobile', 4_000);
    const onlyLost = [...calm.arrivedAtMs].flatMap((ms, row) => (ms === Infinity ? [row] : []));
    expect(trace.lostCount).toBeGreaterThan(2 * calm.lostCount);
    expect(onlyLost.every((row) => trace.arrivedAtMs[row] === Infinity)).toBe(true);
  });

  test.each([1, 2.5, 5_000_001, NaN])('refuses %d heartbeats', (count) => {
    expect(() => made('lan', count)).toThrow(/^count: expected 2\.\.5000000/);
  });

  test('refuses a name that every object has', () => {
    const kind = JSON.parse('"__proto__"') as TraceKind;
    expect(() => made(kind, 10)).toThrow(/^world: expected one of wan, lan/);
  });
});
