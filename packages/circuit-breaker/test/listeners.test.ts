import { describe, expect, test } from 'vitest';

import { Listeners } from '../src/listeners.ts';

function listeners(): { list: Listeners<string>; errors: unknown[] } {
  const errors: unknown[] = [];
  return { list: new Listeners<string>((error) => errors.push(error)), errors };
}

describe('listeners', () => {
  test('all hear every event in the order in which they were published', () => {
    const { list } = listeners();
    const heard: string[] = [];
    list.add((event) => heard.push(`first ${event}`));
    list.add((event) => heard.push(`second ${event}`));
    list.publish('a');
    list.publish('b');
    list.deliver();
    expect(heard).toEqual(['first a', 'second a', 'first b', 'second b']);
  });

  test('hear what a listener causes after what it heard, and the stack does not grow', () => {
    const { list } = listeners();
    const heard: string[] = [];
    list.add((event) => {
      if (event !== 'a') return;
      list.publish('b');
      list.deliver();
    });
    list.add((event) => heard.push(event));
    list.publish('a');
    list.deliver();
    expect(heard).toEqual(['a', 'b']);
  });

  test('hear nothing after they stopped, even in the middle of an event', () => {
    const { list } = listeners();
    const heard: string[] = [];
    list.add(() => stop());
    const stop = list.add((event) => heard.push(event));
    list.publish('a');
    list.deliver();
    stop();
    expect(heard).toEqual([]);
    expect(list.isEmpty).toBe(false);
  });

  test('are told apart although they are the same function', () => {
    const { list } = listeners();
    let count = 0;
    const listener = (): number => (count += 1);
    const stop = list.add(listener);
    list.add(listener);
    stop();
    list.publish('a');
    list.deliver();
    expect(count).toBe(1);
  });

  test('cost nothing when there are none', () => {
    const { list } = listeners();
    list.publish('a');
    const heard: string[] = [];
    list.add((event) => heard.push(event));
    list.deliver();
    expect(heard).toEqual([]);
  });

  test('that throw or reject are reported, and the others hear', async () => {
    const { list, errors } = listeners();
    const heard: string[] = [];
    list.add(() => {
      throw new Error('thrown');
    });
    list.add(() => Promise.reject(new Error('rejected')));
    list.add((event) => heard.push(event));
    list.publish('a');
    list.deliver();
    await Promise.resolve();
    expect(heard).toEqual(['a']);
    expect(errors).toEqual([new Error('thrown'), new Error('rejected')]);
  });

  test('cannot cause events without end', () => {
    const { list, errors } = listeners();
    let count = 0;
    list.add((event) => {
      count += 1;
      list.publish(event);
    });
    list.publish('a');
    list.deliver();
    expect(count).toBeLessThan(1_010);
    expect(errors).toHaveLength(1);
    // The queue is whole again.
    list.clear();
    const heard: string[] = [];
    list.add((event) => heard.push(event));
    list.publish('b');
    list.deliver();
    expect(heard).toEqual(['b']);
  });
});
