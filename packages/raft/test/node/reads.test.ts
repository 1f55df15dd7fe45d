import { describe, expect, test } from 'vitest';

import type { ClockReading } from '../../src/effects.ts';
import { Reads } from '../../src/node/reads.ts';
import { ManualClock } from '../support/manual-clock.ts';

const noop = (): void => undefined;

function at(nowMs: number, wallTimeMs = nowMs): ClockReading {
  return { nowMs, wallTimeMs };
}

describe('a read', () => {
  test('waits for the confirmation and for the state machine', async () => {
    const reads = new Reads(new ManualClock(), noop);
    let outcome: unknown = 'waiting';
    void reads.add('linearizable', {}).then((settled) => {
      outcome = settled;
    });
    const readId = reads.takeBatch('linearizable', at(0));
    reads.onReady(readId!, 5, 3);
    reads.onApplied(4);
    await Promise.resolve();
    expect(outcome).toBe('waiting');
    reads.onApplied(5);
    await Promise.resolve();
    expect(outcome).toEqual({ kind: 'ready', readIndex: 5 });
  });

  test('is ready at once when the state machine is there already', async () => {
    const reads = new Reads(new ManualClock(), noop);
    const outcome = reads.add('linearizable', {});
    reads.onReady(reads.takeBatch('linearizable', at(0))!, 5, 9);
    expect(await outcome).toEqual({ kind: 'ready', readIndex: 5 });
  });

  test('shares its confirmation with the others of its turn', async () => {
    const reads = new Reads(new ManualClock(), noop);
    const outcomes = [reads.add('linearizable', {}), reads.add('linearizable', {})];
    expect(reads.hasQueued).toBe(true);
    const readId = reads.takeBatch('linearizable', at(0));
    expect(reads.hasQueued).toBe(false);
    expect(reads.takeBatch('linearizable', at(0))).toBeUndefined();
    reads.onReady(readId!, 1, 1);
    expect(await Promise.all(outcomes)).toEqual([
      { kind: 'ready', readIndex: 1 },
      { kind: 'ready', readIndex: 1 },
    ]);
  });

  test('is refused when the core refuses it', async () => {
    const reads = new Reads(new ManualClock(), noop);
    const outcome = reads.add('linearizable', {});
    reads.onRefused(reads.takeBatch('linearizable', at(0))!, 'notLeader', undefined);
    expect(await outcome).toEqual({ kind: 'refused', reason: 'notLeader', leaderId: undefined });
  });

  test.each(['queued', 'confirming', 'catching up'])('gives up while %s', async (stage) => {
    const clock = new ManualClock();
    const reads = new Reads(clock, noop);
    const controller = new AbortController();
    const late = reads.add('linearizable', { timeoutMs: 10 });
    const aborted = reads.add('linearizable', { signal: controller.signal });
    const readId = stage === 'queued' ? undefined : reads.takeBatch('linearizable', at(0));
    if (stage === 'catching up') reads.onReady(readId!, 9, 0);
    controller.abort();
    clock.advance(10);
    expect(await late).toMatchObject({ kind: 'refused', reason: 'timeout' });
    expect(await aborted).toMatchObject({ kind: 'refused', reason: 'aborted' });
    if (stage === 'queued') expect(reads.hasQueued).toBe(false);
    reads.onApplied(9);
  });

  test.each(['queued', 'confirming', 'catching up'])(
    'of a node that closes while %s is refused',
    async (stage) => {
      const reads = new Reads(new ManualClock(), noop);
      const outcome = reads.add('linearizable', {});
      const readId = stage === 'queued' ? undefined : reads.takeBatch('linearizable', at(0));
      if (stage === 'catching up') reads.onReady(readId!, 9, 0);
      reads.closeAll(undefined);
      expect(await outcome).toMatchObject({ kind: 'refused', reason: 'stopped' });
    },
  );

  test('that nobody knows is nobody’s', () => {
    const reads = new Reads(new ManualClock(), noop);
    reads.onReady(99, 1, 1);
    reads.onRefused(99, 'notLeader', undefined);
    expect(reads.hasQueued).toBe(false);
  });

  // Why this test? Answers of leaders may overtake each other.
  test('does not wait behind one that needs more', async () => {
    const reads = new Reads(new ManualClock(), noop);
    const more = reads.add('linearizable', {});
    const moreId = reads.takeBatch('linearizable', at(0));
    const less = reads.add('linearizable', {});
    const lessId = reads.takeBatch('linearizable', at(1));
    reads.onReady(moreId!, 9, 4);
    reads.onReady(lessId!, 5, 4);
    reads.onApplied(5);
    expect(await less).toEqual({ kind: 'ready', readIndex: 5 });
    reads.onApplied(9);
    expect(await more).toEqual({ kind: 'ready', readIndex: 9 });
  });

  test('is abandoned once the last of those who asked together has given up', () => {
    const abandoned: number[] = [];
    const clock = new ManualClock();
    const reads = new Reads(clock, (readId) => void abandoned.push(readId));
    void reads.add('linearizable', { timeoutMs: 10 });
    void reads.add('linearizable', { timeoutMs: 20 });
    const readId = reads.takeBatch('linearizable', at(0));
    clock.advance(10);
    expect(abandoned).toEqual([]);
    clock.advance(10);
    expect(abandoned).toEqual([readId]);
  });
});

describe('a bounded read', () => {
  /** Reads that know index 5 to be confirmed, asked for at 100. */
  function asked(how: 'linearizable' | 'lease' = 'linearizable'): Reads {
    const reads = new Reads(new ManualClock(), noop);
    void reads.add(how, {});
    reads.onReady(reads.takeBatch(how, at(100))!, 5, 5);
    return reads;
  }

  test('is content with what was asked for no longer ago than it allows', async () => {
    expect(await asked().addBounded(50, at(150), 7, {})).toEqual({ kind: 'ready', readIndex: 5 });
    expect(asked().addBounded(50, at(150.1), 7, {})).toBeUndefined();
  });

  test('asks where nothing was asked for before', () => {
    const reads = new Reads(new ManualClock(), noop);
    expect(reads.addBounded(50, at(0), 7, {})).toBeUndefined();
  });

  test('waits until the state machine has come that far', async () => {
    const reads = asked();
    const outcome = reads.addBounded(50, at(120), 4, {});
    reads.onApplied(5);
    expect(await outcome).toEqual({ kind: 'ready', readIndex: 5 });
  });

  test('gives up like any other', async () => {
    const clock = new ManualClock();
    const reads = new Reads(clock, noop);
    void reads.add('linearizable', {});
    reads.onReady(reads.takeBatch('linearizable', at(0))!, 5, 5);
    const outcome = reads.addBounded(50, at(0), 4, { timeoutMs: 10 });
    clock.advance(10);
    expect(await outcome).toMatchObject({ kind: 'refused', reason: 'timeout' });
  });

  // Why this test? While a machine is suspended its monotonic clock may stand still.
  test('believes the clock by which more time has passed', () => {
    expect(asked().addBounded(50, at(101, 60_000), 7, {})).toBeUndefined();
    expect(asked().addBounded(50, at(60_000, 101), 7, {})).toBeUndefined();
  });

  test('does not rely on what a lease confirmed', () => {
    expect(asked('lease').addBounded(50, at(100), 7, {})).toBeUndefined();
  });
});
