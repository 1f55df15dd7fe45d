import { describe, expect, test } from 'vitest';

import { Reads } from '../../src/node/reads.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('a read', () => {
  test('waits for the confirmation and for the state machine', async () => {
    const reads = new Reads(new ManualClock());
    let outcome: unknown = 'waiting';
    void reads.add('linearizable', {}).then((settled) => {
      outcome = settled;
    });
    const readId = reads.takeBatch('linearizable');
    reads.onReady(readId!, 5, 3);
    reads.onApplied(4);
    await Promise.resolve();
    expect(outcome).toBe('waiting');
    reads.onApplied(5);
    await Promise.resolve();
    expect(outcome).toEqual({ kind: 'ready', readIndex: 5 });
  });

  test('is ready at once when the state machine is there already', async () => {
    const reads = new Reads(new ManualClock());
    const outcome = reads.add('linearizable', {});
    reads.onReady(reads.takeBatch('linearizable')!, 5, 9);
    expect(await outcome).toEqual({ kind: 'ready', readIndex: 5 });
  });

  test('shares its confirmation with the others of its turn', async () => {
    const reads = new Reads(new ManualClock());
    const outcomes = [reads.add('linearizable', {}), reads.add('linearizable', {})];
    expect(reads.hasQueued).toBe(true);
    const readId = reads.takeBatch('linearizable');
    expect(reads.hasQueued).toBe(false);
    expect(reads.takeBatch('linearizable')).toBeUndefined();
    reads.onReady(readId!, 1, 1);
    expect(await Promise.all(outcomes)).toEqual([
      { kind: 'ready', readIndex: 1 },
      { kind: 'ready', readIndex: 1 },
    ]);
  });

  test('is refused when the core refuses it', async () => {
    const reads = new Reads(new ManualClock());
    const outcome = reads.add('linearizable', {});
    reads.onRefused(reads.takeBatch('linearizable')!, 'notLeader', undefined);
    expect(await outcome).toEqual({ kind: 'refused', reason: 'notLeader', leaderId: undefined });
  });

  test.each(['queued', 'confirming', 'catching up'])('gives up while %s', async (stage) => {
    const clock = new ManualClock();
    const reads = new Reads(clock);
    const controller = new AbortController();
    const late = reads.add('linearizable', { timeoutMs: 10 });
    const aborted = reads.add('linearizable', { signal: controller.signal });
    const readId = stage === 'queued' ? undefined : reads.takeBatch('linearizable');
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
      const reads = new Reads(new ManualClock());
      const outcome = reads.add('linearizable', {});
      const readId = stage === 'queued' ? undefined : reads.takeBatch('linearizable');
      if (stage === 'catching up') reads.onReady(readId!, 9, 0);
      reads.closeAll(undefined);
      expect(await outcome).toMatchObject({ kind: 'refused', reason: 'stopped' });
    },
  );

  test('that nobody knows is nobody’s', () => {
    const reads = new Reads(new ManualClock());
    reads.onReady(99, 1, 1);
    reads.onRefused(99, 'notLeader', undefined);
    expect(reads.hasQueued).toBe(false);
  });
});
