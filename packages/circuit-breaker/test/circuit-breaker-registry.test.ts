import { describe, expect, test } from 'vitest';

import { CircuitBreakerRegistry } from '../src/circuit-breaker-registry.ts';
import { permitOf } from './support/scene.ts';

describe('a registry of breakers', () => {
  test('makes one for each key, with the options of that key, and gives it out again', () => {
    const asked: string[] = [];
    const breakers = new CircuitBreakerRegistry({
      optionsFor: (key) => {
        asked.push(key);
        return { trip: { kind: 'consecutiveFailures', failureThreshold: key === 'b' ? 1 : 2 } };
      },
    });
    const [a, b] = [breakers.get('a'), breakers.get('b')];
    expect(breakers.get('a')).toBe(a);
    expect(asked).toEqual(['a', 'b']);
    permitOf(a).fail();
    permitOf(b).fail();
    expect([a.state, b.state]).toEqual(['closed', 'open']);
    expect([a.name, b.name]).toEqual(['a', 'b']);
  });

  test('names a breaker otherwise where its options do', () => {
    const breakers = new CircuitBreakerRegistry({ optionsFor: (key) => ({ name: `host ${key}` }) });
    expect(breakers.get('a').name).toBe('host a');
  });

  test('lists what it keeps, and looks without using', () => {
    const breakers = new CircuitBreakerRegistry({ capacity: 2 });
    const a = breakers.get('a');
    expect(breakers.peek('a')).toBe(a);
    expect(breakers.peek('b')).toBeUndefined();
    expect([...breakers.entries()]).toEqual([['a', a]]);
  });

  test('forgets a breaker when told to, and counts it open no more', () => {
    const breakers = new CircuitBreakerRegistry({
      optionsFor: () => ({ trip: { kind: 'consecutiveFailures', failureThreshold: 1 } }),
    });
    const [a] = [breakers.get('a'), breakers.get('b'), breakers.get('c')];
    permitOf(a).fail();
    expect(breakers.stats()).toMatchObject({ size: 3, openCount: 1 });
    breakers.delete('a');
    breakers.delete('a');
    expect(breakers.stats()).toMatchObject({ size: 2, openCount: 0 });
    expect(breakers.get('a')).not.toBe(a);
    // One that lives on outside does not count here.
    a.transitionTo('closed');
    permitOf(a).fail();
    expect(breakers.stats().openCount).toBe(0);
  });

  test('finds room after deletions anywhere in its ring', () => {
    const breakers = new CircuitBreakerRegistry({ capacity: 3 });
    for (let round = 0; round < 200; round += 1) {
      breakers.get(`k${round % 7}`);
      if (round % 3 === 0) breakers.delete(`k${round % 5}`);
      const keys = [...breakers.entries()].map(([key]) => key);
      expect(keys.length).toBeLessThanOrEqual(3);
      for (const key of keys) expect(breakers.peek(key)).toBe(breakers.get(key));
    }
    expect(breakers.stats().overflowCount).toBe(0);
  });
});

describe('those who want to know of each breaker', () => {
  test('hear of those that are kept, and of each new one before it is given out', () => {
    const breakers = new CircuitBreakerRegistry();
    const a = breakers.get('a');
    const heard: (readonly [string, unknown])[] = [];
    const stop = breakers.observeBreakers((key, breaker) => heard.push([key, breaker]));
    expect(heard).toEqual([['a', a]]);
    const b = breakers.get('b');
    breakers.get('b');
    expect(heard).toEqual([
      ['a', a],
      ['b', b],
    ]);
    stop();
    stop();
    breakers.get('c');
    expect(heard).toHaveLength(2);
  });

  test('see the first call of a new breaker', () => {
    const breakers = new CircuitBreakerRegistry();
    const outcomes: string[] = [];
    breakers.observeBreakers((_key, breaker) =>
      breaker.observeCalls((event) => outcomes.push(event.kind)),
    );
    permitOf(breakers.get('a')).succeed();
    expect(outcomes).toEqual(['settled']);
  });

  test('harm nobody by what they throw or reject with, and it is reported', async () => {
    const errors: unknown[] = [];
    const breakers = new CircuitBreakerRegistry({
      onError: (error) => {
        errors.push(error);
        throw new Error('the reporter fails too');
      },
    });
    breakers.get('a');
    const heard: string[] = [];
    breakers.observeBreakers((key) => {
      throw new Error(`no ${key}`);
    });
    breakers.observeBreakers((key) => Promise.reject(new Error(`later no ${key}`)));
    breakers.observeBreakers((key) => heard.push(key));
    expect(breakers.get('b').state).toBe('closed');
    await Promise.resolve();
    expect(heard).toEqual(['a', 'b']);
    expect(errors.map(String).toSorted()).toEqual([
      'Error: later no a',
      'Error: later no b',
      'Error: no a',
      'Error: no b',
    ]);
  });

  test('hear once of breakers that they ask for, and of none that were forgotten for these', () => {
    const breakers = new CircuitBreakerRegistry({ capacity: 2 });
    breakers.get('a');
    breakers.get('b');
    const heard: string[] = [];
    breakers.observeBreakers((key) => {
      heard.push(key);
      if (key === 'a') breakers.delete('b');
      if (key === 'a') breakers.get('c');
    });
    expect(heard).toEqual(['a', 'c']);
  });

  test('hear again of a key that was forgotten, and of none that is not kept', () => {
    const breakers = new CircuitBreakerRegistry({ capacity: 1 });
    const heard: string[] = [];
    breakers.observeBreakers((key) => heard.push(key));
    breakers.get('a');
    breakers.delete('a');
    breakers.get('a').forceOpen();
    breakers.get('b');
    expect(breakers.stats().overflowCount).toBe(1);
    expect(heard).toEqual(['a', 'a']);
  });

  test('hear nothing once the registry is disposed of', () => {
    const breakers = new CircuitBreakerRegistry();
    const heard: string[] = [];
    breakers.observeBreakers((key) => heard.push(key));
    breakers[Symbol.dispose]();
    breakers.observeBreakers((key) => heard.push(key));
    breakers.get('a');
    expect(heard).toEqual([]);
  });

  test.each([undefined, null, 3, {}])('must be functions: not %o', (listener) => {
    const breakers = new CircuitBreakerRegistry();
    // @ts-expect-error -- No function.
    expect(() => breakers.observeBreakers(listener)).toThrow('listener: expected a function');
    // @ts-expect-error -- No function.
    expect(() => new CircuitBreakerRegistry({ onError: listener ?? 1 })).toThrow(
      'onError: expected a function',
    );
  });
});
