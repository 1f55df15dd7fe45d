import { describe, expect, test } from 'vitest';

import { CatchUp } from '../src/catch-up.ts';

function ticked(catchUp: CatchUp, count: number): void {
  for (let done = 0; done < count; done += 1) catchUp.tick();
}

describe('catching up', () => {
  test('is done after a round shorter than an election timeout', () => {
    const catchUp = new CatchUp(100, 10);
    ticked(catchUp, 9);
    catchUp.onMatch(99, 120);
    expect(catchUp.isDone).toBe(false);
    catchUp.onMatch(100, 120);
    expect(catchUp.isDone).toBe(true);
  });

  test('goes on after a round that took longer, with what came meanwhile', () => {
    const catchUp = new CatchUp(100, 10);
    ticked(catchUp, 10);
    catchUp.onMatch(100, 120);
    expect(catchUp.isDone).toBe(false);
    ticked(catchUp, 5);
    catchUp.onMatch(119, 125);
    expect(catchUp.isDone).toBe(false);
    catchUp.onMatch(120, 125);
    expect(catchUp.isDone).toBe(true);
  });

  test('is undone by a round that takes too long', () => {
    const catchUp = new CatchUp(0, 10);
    catchUp.onMatch(0, 5);
    expect(catchUp.isDone).toBe(true);
    ticked(catchUp, 9);
    expect(catchUp.isDone).toBe(true);
    ticked(catchUp, 1);
    expect(catchUp.isDone).toBe(false);
  });

  test('begins anew for a member that lost what it had', () => {
    const catchUp = new CatchUp(0, 10);
    catchUp.onMatch(0, 5);
    catchUp.restart(5);
    expect(catchUp.isDone).toBe(false);
    catchUp.onMatch(4, 5);
    expect(catchUp.isDone).toBe(false);
    catchUp.onMatch(5, 5);
    expect(catchUp.isDone).toBe(true);
  });
});
