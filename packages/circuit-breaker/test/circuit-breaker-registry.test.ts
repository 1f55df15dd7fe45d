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
