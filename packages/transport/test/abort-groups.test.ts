import { describe, expect, test } from 'vitest';

import { AbortGroups } from '../src/abort-groups.ts';

describe('AbortGroups', () => {
  test('tells each item of an aborted signal, once and in order, and no other', () => {
    const aborted: string[] = [];
    const groups = new AbortGroups<string>((item) => aborted.push(item));
    const first = new AbortController();
    const second = new AbortController();
    groups.add(first.signal, 'a');
    groups.add(second.signal, 'b');
    groups.add(first.signal, 'c');
    first.abort();
    first.abort();
    expect(aborted).toEqual(['a', 'c']);
  });

  test('an item removed is not told, whatever is removed twice or never was there', () => {
    const aborted: string[] = [];
    const groups = new AbortGroups<string>((item) => aborted.push(item));
    const { signal } = new AbortController();
    const controller = new AbortController();
    groups.add(controller.signal, 'a');
    groups.add(controller.signal, 'b');
    groups.remove(controller.signal, 'a');
    groups.remove(controller.signal, 'a');
    groups.remove(signal, 'b');
    controller.abort();
    expect(aborted).toEqual(['b']);
  });

  test('keeps one listener per signal, and none once nobody waits', () => {
    let listenerCount = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listenerCount += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listenerCount -= 1;
      remove(...given);
    };
    const groups = new AbortGroups<number>(() => {});
    for (let item = 0; item < 1_000; item += 1) groups.add(signal, item);
    expect(listenerCount).toBe(1);
    for (let item = 0; item < 1_000; item += 1) groups.remove(signal, item);
    expect(listenerCount).toBe(0);
    groups.add(signal, 1);
    groups.clear();
    expect(listenerCount).toBe(0);
  });
});
