import { describe, expect, test } from 'vitest';

import { emptyConfiguration } from '../../src/configuration.ts';
import type { Entry, LogPosition, Snapshot } from '../../src/messages.ts';
import { Applier } from '../../src/node/applier.ts';
import type { StateMachine } from '../../src/state-machine.ts';
import { ManualClock } from '../support/manual-clock.ts';

class Recorder implements StateMachine {
  openSnapshot(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  readonly said: string[] = [];
  readonly clock = new ManualClock();
  /** How long one command takes. */
  costMs = 0;

  apply(command: Uint8Array, logIndex: number): Uint8Array {
    this.clock.drift(this.costMs);
    if (command[0] === 255) throw new Error('cannot apply');
    this.said.push(`apply ${logIndex}`);
    return Uint8Array.of(logIndex);
  }

  snapshot(): Uint8Array {
    return Uint8Array.of();
  }

  restore(snapshot: Uint8Array): void {
    this.said.push(`restore ${snapshot.length}`);
  }

  onApplied({ logIndex }: Entry, result: Uint8Array): void {
    this.said.push(`applied ${logIndex} → ${result.join()}`);
  }

  onRestored({ logIndex }: LogPosition): void {
    this.said.push(`restored ${logIndex}`);
  }

  onProgress({ logIndex }: LogPosition): void {
    this.said.push(`progress ${logIndex}`);
  }

  onFailed(error: unknown): void {
    this.said.push(`failed: ${String(error)}`);
  }

  applier(lastIndex = 0): Applier {
    return new Applier(this.clock, this, { logIndex: lastIndex, term: 1 }, this);
  }
}

function entries(first: number, last: number): Entry[] {
  return Array.from({ length: last - first + 1 }, (_, place) => ({
    logIndex: first + place,
    term: 1,
    kind: 'command',
    payload: Uint8Array.of(0),
  }));
}

describe('Applier', () => {
  test('applies in order and tells the end of what it was given', () => {
    const recorder = new Recorder();
    const applier = recorder.applier();
    applier.apply(entries(1, 2));
    expect(recorder.said).toEqual([
      'apply 1',
      'applied 1 → 1',
      'apply 2',
      'applied 2 → 2',
      'progress 2',
    ]);
    expect(applier.last).toEqual({ logIndex: 2, term: 1 });
  });

  test.each(['noop', 'configuration'] as const)('keeps a %s from the state machine', (kind) => {
    const recorder = new Recorder();
    recorder.applier().apply([{ logIndex: 1, term: 1, kind, payload: Uint8Array.of(7) }]);
    expect(recorder.said).toEqual(['applied 1 → ', 'progress 1']);
  });

  test('leaves the rest of slow work to later turns', () => {
    const recorder = new Recorder();
    recorder.costMs = 1;
    const applier = recorder.applier();
    applier.apply(entries(1, 100));
    const afterFirstSlice = applier.last.logIndex;
    expect(afterFirstSlice).toBeLessThan(100);
    applier.apply(entries(101, 101));
    expect(applier.last.logIndex).toBe(afterFirstSlice);
    recorder.clock.advance(0);
    expect(applier.last.logIndex).toBeGreaterThan(afterFirstSlice);
    for (let turn = 0; turn < 10; turn += 1) recorder.clock.advance(0);
    expect(applier.last.logIndex).toBe(101);
    expect(recorder.said.filter((line) => line.startsWith('apply '))).toHaveLength(101);
    expect(recorder.clock.timerCount).toBe(0);
  });

  test('leaves the rest of much work to later turns', () => {
    const recorder = new Recorder();
    const applier = recorder.applier();
    applier.apply(entries(1, 10_000));
    expect(applier.last.logIndex).toBe(4_096);
    recorder.clock.advance(0);
    recorder.clock.advance(0);
    expect(applier.last.logIndex).toBe(10_000);
  });

  test('restores a snapshot after what came before it', () => {
    const recorder = new Recorder();
    recorder.costMs = 1;
    const applier = recorder.applier();
    const snapshot: Snapshot = {
      lastIncludedIndex: 80,
      lastIncludedTerm: 3,
      configuration: emptyConfiguration,
      configurationIndex: 0,
      data: new Uint8Array(3),
    };
    applier.apply(entries(1, 40));
    applier.restore(snapshot);
    applier.apply(entries(81, 81));
    for (let turn = 0; turn < 10; turn += 1) recorder.clock.advance(0);
    const order = recorder.said.filter((line) => /^(apply 40|restore|apply 81)/.test(line));
    expect(order).toEqual(['apply 40', 'restore 3', 'restored 80', 'apply 81']);
  });

  test('stops for good when the state machine throws', () => {
    const recorder = new Recorder();
    const applier = recorder.applier();
    const [first, second] = entries(1, 2);
    applier.apply([first!, { ...second!, payload: Uint8Array.of(255) }]);
    expect(recorder.said.at(-1)).toBe('failed: Error: cannot apply');
    applier.apply(entries(3, 3));
    expect(applier.last.logIndex).toBe(1);
  });

  test('stops in the middle when told to', () => {
    const recorder = new Recorder();
    recorder.costMs = 1;
    const applier = recorder.applier();
    applier.apply(entries(1, 100));
    const { logIndex } = applier.last;
    applier.stop();
    recorder.clock.advance(0);
    expect(applier.last.logIndex).toBe(logIndex);
    expect(recorder.clock.timerCount).toBe(0);
  });
});
