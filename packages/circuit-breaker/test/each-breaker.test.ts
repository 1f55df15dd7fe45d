import { expect, test } from 'vitest';

import { CircuitBreakerRegistry } from '../src/circuit-breaker-registry.ts';
import { listenToEach } from '../src/each-breaker.ts';

test('listens to each breaker, now and later, until it is stopped', () => {
  const breakers = new CircuitBreakerRegistry();
  const [started, stopped]: [string[], string[]] = [[], []];
  breakers.get('a');
  const stop = listenToEach(breakers, (key) => {
    started.push(key);
    return () => stopped.push(key);
  });
  breakers.get('b');
  expect([started, stopped]).toEqual([['a', 'b'], []]);
  stop();
  breakers.get('c');
  expect([started, stopped]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('leaves those alone that were forgotten', () => {
  const breakers = new CircuitBreakerRegistry();
  const stopped: string[] = [];
  const stop = listenToEach(breakers, (key) => () => stopped.push(key));
  breakers.get('a');
  breakers.get('b');
  breakers.delete('a');
  stop();
  expect(stopped).toEqual(['b']);
});
