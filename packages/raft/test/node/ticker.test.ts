import { describe, expect, test } from 'vitest';

import { Ticker } from '../../src/node/ticker.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const ticksMs: number[] = [];
  const ticker = new Ticker(clock, 50, () => ticksMs.push(clock.nowMs()));
  return { clock, ticksMs, ticker };
}

describe('Ticker', () => {
  test('ticks at a steady rate', () => {
    const { clock, ticksMs } = setUp();
    clock.advance(200);
    expect(ticksMs).toEqual([50, 100, 150, 200]);
  });

  test('does not let one late tick delay the next', () => {
    const { clock, ticksMs } = setUp();
    clock.drift(70);
    clock.advance(80);
    expect(ticksMs).toEqual([70, 100, 150]);
  });

  test('does not make up for the ticks of a long pause', () => {
    const { clock, ticksMs } = setUp();
    clock.advance(50);
    clock.drift(5_000);
    clock.advance(50);
    expect(ticksMs).toEqual([50, 5_050, 5_100]);
  });

  test('stops', () => {
    const { clock, ticksMs, ticker } = setUp();
    clock.advance(60);
    ticker.stop();
    clock.advance(1_000);
    expect(ticksMs).toEqual([50]);
    expect(clock.timerCount).toBe(0);
  });
});
