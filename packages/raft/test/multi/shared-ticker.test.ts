import { describe, expect, test } from 'vitest';

import { SharedTicker } from '../../src/multi/shared-ticker.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('SharedTicker', () => {
  test('ticks everyone at the same instant, until they leave or it stops', () => {
    const clock = new ManualClock();
    const ticker = new SharedTicker(clock, 50);
    const ticks: string[] = [];
    ticker.subscribe(() => ticks.push(`a${clock.nowMs()}`));
    const leave = ticker.subscribe(() => ticks.push(`b${clock.nowMs()}`));
    clock.advance(60);
    leave();
    clock.advance(50);
    ticker.stop();
    clock.advance(500);
    expect(ticks).toEqual(['a50', 'b50', 'a100']);
    expect(ticker.tickMs).toBe(50);
  });
});
