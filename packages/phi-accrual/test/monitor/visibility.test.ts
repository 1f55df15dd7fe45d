import { expect, test } from 'vitest';

import { followVisibility, type PageLike } from '../../src/monitor/visibility.ts';

class Page implements PageLike {
  visibilityState: string;
  readonly #listeners = new Set<() => void>();

  constructor(visibilityState: string) {
    this.visibilityState = visibilityState;
  }

  addEventListener(_type: 'visibilitychange', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'visibilitychange', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  become(state: string): void {
    this.visibilityState = state;
    for (const listener of this.#listeners) listener();
  }
}

test('peers are told when a page is hidden and when it is back, until that is ended', () => {
  const told: number[] = [];
  const page = new Page('visible');
  const stop = followVisibility(page, { expectSilence: (silenceMs) => told.push(silenceMs) });
  for (const state of ['hidden', 'visible', 'hidden']) page.become(state);
  stop();
  page.become('visible');
  expect(told).toEqual([90_000, 0, 90_000]);
});

test('peers of a page that is hidden from the start are told at once', () => {
  const told: number[] = [];
  followVisibility(new Page('hidden'), { expectSilence: (silenceMs) => told.push(silenceMs) }, 7);
  followVisibility(new Page('visible'), { expectSilence: (silenceMs) => told.push(silenceMs) });
  expect(told).toEqual([7]);
});
