import { describe, expect, test } from 'vitest';

import { Observers } from '../src/observers.ts';

describe('observers', () => {
  test('all get every event, whatever another throws', () => {
    const errors: unknown[] = [];
    const observers = new Observers<string>((error) => errors.push(error));
    const seen: string[] = [];
    observers.observe((event) => seen.push(`first ${event}`));
    observers.observe(() => {
      throw new Error('thrown');
    });
    observers.observe((event) => seen.push(`last ${event}`));
    observers.emit('up');
    expect(seen).toEqual(['first up', 'last up']);
    expect(errors.map(String)).toEqual(['Error: thrown']);
  });

  test('the same function may observe twice and leave once', () => {
    const observers = new Observers<number>(() => undefined);
    let sum = 0;
    const add = (event: number): void => void (sum += event);
    const first = observers.observe(add);
    observers.observe(add);
    first();
    first();
    observers.emit(5);
    expect(sum).toBe(5);
  });

  test('who comes during an event hears the next', () => {
    const observers = new Observers<number>(() => undefined);
    const seen: number[] = [];
    observers.observe((event) => {
      if (event === 1) observers.observe((later) => seen.push(later));
    });
    observers.emit(1);
    observers.emit(2);
    expect(seen).toEqual([2]);
  });
});
