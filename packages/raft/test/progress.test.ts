import { describe, expect, test } from 'vitest';

import { CatchUp } from '../src/catch-up.ts';
import { Inflights } from '../src/inflights.ts';
import { Progress } from '../src/progress.ts';

/** A follower of whom nothing is known, seen by a leader whose log ends at 10. */
function fresh(): Progress {
  return new Progress(11, new Inflights(4, 1_000), new CatchUp(10, 10));
}

/** One that has everything up to 10 and is sent entries without waiting. */
function replicating(): Progress {
  const progress = fresh();
  progress.accepted(10, 1);
  return progress;
}

describe('Progress', () => {
  test('starts as a probe one past the leader’s last entry', () => {
    const progress = fresh();
    expect([progress.state, progress.nextIndex, progress.matchIndex]).toEqual(['probe', 11, 0]);
  });

  test('replicates once a probe is accepted', () => {
    const progress = replicating();
    expect([progress.state, progress.nextIndex, progress.matchIndex]).toEqual([
      'replicate',
      11,
      10,
    ]);
  });

  test('an acknowledgement of old changes nothing', () => {
    const progress = replicating();
    expect(progress.accepted(7, 1)).toBe(false);
    expect(progress.matchIndex).toBe(10);
  });

  test('an old acknowledgement does not end probing further on', () => {
    const progress = fresh();
    expect(progress.accepted(5, 1)).toBe(true);
    expect([progress.state, progress.matchIndex, progress.nextIndex]).toEqual(['probe', 5, 11]);
  });

  test('an acknowledgement frees the window', () => {
    const progress = replicating();
    progress.inflights.add(11, 10);
    progress.inflights.add(12, 10);
    progress.accepted(11, 1);
    expect(progress.inflights.count).toBe(1);
  });

  test('a rejected probe moves back to the hint', () => {
    const progress = fresh();
    progress.isWaiting = true;
    expect(progress.rejected(10, 4)).toBe(true);
    expect([progress.nextIndex, progress.isWaiting]).toEqual([5, false]);
  });

  test('a rejected probe moves back by one at least', () => {
    const progress = fresh();
    progress.rejected(10, 10);
    expect(progress.nextIndex).toBe(10);
  });

  test('never probes below what was acknowledged', () => {
    const progress = replicating();
    progress.inflights.add(11, 1);
    progress.nextIndex = 12;
    expect(progress.rejected(11, 3)).toBe(true);
    expect([progress.state, progress.nextIndex, progress.inflights.count]).toEqual([
      'probe',
      11,
      0,
    ]);
  });

  test('ignores a rejection of what it is not probing', () => {
    const progress = fresh();
    expect(progress.rejected(8, 2)).toBe(false);
    expect(progress.nextIndex).toBe(11);
  });

  // Why this test? A stale rejection made a leader go back below what was acknowledged (CCF).
  test('ignores a rejection below what was acknowledged', () => {
    const progress = replicating();
    expect(progress.rejected(9, 2)).toBe(false);
    expect([progress.state, progress.nextIndex]).toEqual(['replicate', 11]);
  });

  test('ignores a rejection of what was never sent', () => {
    const progress = replicating();
    expect(progress.rejected(11, 10)).toBe(false);
    expect(progress.state).toBe('replicate');
  });

  // Why this test? A follower whose disk had lost acknowledged entries was called stale for ever.
  test('asks once more when what was acknowledged is denied, then believes it', () => {
    const progress = replicating();
    expect(progress.rejected(10, 4)).toBe(true);
    expect([progress.state, progress.matchIndex, progress.nextIndex]).toEqual(['probe', 10, 11]);
    expect(progress.rejected(10, 4)).toBe(true);
    expect([progress.state, progress.matchIndex, progress.nextIndex]).toEqual(['probe', 0, 5]);
  });

  test('a denial that was stale is repaired by the next acknowledgement', () => {
    const progress = replicating();
    progress.rejected(10, 4);
    progress.accepted(10, 1);
    expect([progress.state, progress.matchIndex, progress.nextIndex]).toEqual([
      'replicate',
      10,
      11,
    ]);
  });

  test('forgets everything about a peer that restarted', () => {
    const progress = replicating();
    progress.sentCommit = 9;
    progress.forget(11);
    expect([progress.state, progress.matchIndex, progress.nextIndex, progress.sentCommit]).toEqual([
      'probe',
      0,
      11,
      0,
    ]);
  });

  test('waits for a snapshot until what it covers is acknowledged', () => {
    const progress = fresh();
    progress.becomeSnapshot(8);
    expect(progress.rejected(10, 2)).toBe(false);
    progress.accepted(3, 6);
    expect(progress.state).toBe('snapshot');
    progress.accepted(8, 6);
    expect([progress.state, progress.nextIndex]).toEqual(['replicate', 9]);
  });

  test('counts the commit of what a snapshot covers as said, until the snapshot fails', () => {
    const progress = fresh();
    progress.becomeSnapshot(8);
    expect(progress.sentCommit).toBe(8);
    progress.becomeProbe(3);
    expect(progress.sentCommit).toBe(2);
  });
});
