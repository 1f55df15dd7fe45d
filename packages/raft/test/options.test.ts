import { describe, expect, test } from 'vitest';

import { resolveTuning } from '../src/options.ts';

describe('resolveTuning', () => {
  test('derives what depends on the election timeout', () => {
    expect(resolveTuning({ electionTimeoutTicks: 20 })).toMatchObject({
      electionTimeoutTicks: 20,
      heartbeatTicks: 1,
      storageStallTicks: 80,
      snapshotTimeoutTicks: 200,
    });
  });

  test.each([
    ['maxMessageBytes', 0],
    ['maxInflightMessages', 1.5],
    ['maxInflightBytes', Number.NaN],
    ['maxUncommittedBytes', -1],
    ['maxApplyBytes', 2 ** 53],
    ['maxPendingReads', Infinity],
    ['heartbeatTicks', 0],
    ['storageStallTicks', 0],
    ['snapshotTimeoutTicks', 0],
    ['electionTimeoutTicks', 0],
  ])('%s: refuses %d', (name, value) => {
    expect(() => resolveTuning({ [name]: value })).toThrow(
      new RangeError(`${name}: expected an integer of at least 1, got ${value}`),
    );
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('priority: refuses %d', (priority) => {
    expect(() => resolveTuning({ priority })).toThrow(
      new RangeError(`priority: expected an integer of at least 0, got ${priority}`),
    );
  });

  test('nobody is preferred by default', () => {
    expect(resolveTuning({})).toMatchObject({ priority: 0 });
    expect(resolveTuning({ priority: 2 ** 53 - 1 })).toMatchObject({ priority: 2 ** 53 - 1 });
  });

  test('an election timeout lasts longer than a heartbeat', () => {
    expect(() => resolveTuning({ electionTimeoutTicks: 3, heartbeatTicks: 3 })).toThrow(
      'electionTimeoutTicks: expected more than heartbeatTicks (3), got 3',
    );
  });

  test.each([
    ['maxClockDriftPpm', -1, 'a number from 0 to below 500000'],
    ['maxClockDriftPpm', 500_000, 'a number from 0 to below 500000'],
    ['maxClockDriftPpm', Number.NaN, 'a number from 0 to below 500000'],
    ['tickMs', 0, 'a finite number above 0'],
    ['tickMs', Infinity, 'a finite number above 0'],
  ])('%s: refuses %d', (name, value, expected) => {
    expect(() => resolveTuning({ [name]: value })).toThrow(
      new RangeError(`${name}: expected ${expected}, got ${value}`),
    );
  });

  test('an election timeout can be drawn', () => {
    expect(() => resolveTuning({ electionTimeoutTicks: 2 ** 31 + 1 })).toThrow(
      'electionTimeoutTicks: expected at most 2^31, got 2147483649',
    );
  });
});
