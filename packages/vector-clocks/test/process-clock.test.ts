import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ProcessClock } from '../src/process-clock.ts';
import { compare, increment, merge, VectorClock } from '../src/vector-clock.ts';
import { anyClock, anyReplicaId } from './support/clocks.ts';

test('what was given out does not change', () => {
  const process = new ProcessClock('a');
  process.increment();
  const sent = process.clock;
  process.increment();
  process.receive(VectorClock.of([['b', 2]]));
  const received = process.clock;
  process.merge(new VectorClock(received.ids, [9, 9]));

  expect(JSON.stringify([sent, received, process.clock])).toBe(
    '[{"a":1},{"a":3,"b":2},{"a":9,"b":9}]',
  );
  expect(process.clock).toBe(process.clock);
});

test('it is the clock that the functions over values make', () => {
  const step = fc.oneof(fc.constant('increment' as const), fc.constant('give' as const), anyClock);
  fc.assert(
    fc.property(anyReplicaId, anyClock, fc.array(step), (id, start, steps) => {
      const process = new ProcessClock(id, start);
      let model = start;
      const given: [VectorClock, VectorClock][] = [];
      for (const next of steps) {
        if (next === 'give') given.push([process.clock, model]);
        else if (next === 'increment') {
          model = increment(model, id);
          expect(process.increment()).toBe(model.get(id));
        } else {
          model = increment(merge(model, next), id);
          expect(process.receive(next)).toBe(model.get(id));
        }
      }
      for (const [clock, expected] of [...given, [process.clock, model] as const]) {
        expect(compare(clock, expected)).toBe('equal');
      }
    }),
  );
});

test('an id that names nobody, and a count past the last, are refused without a change', () => {
  expect(() => new ProcessClock('')).toThrow(RangeError);
  const last = new ProcessClock('a', VectorClock.of([['a', Number.MAX_SAFE_INTEGER]]));

  expect(() => last.increment()).toThrow(RangeError);
  expect(last.clock.get('a')).toBe(Number.MAX_SAFE_INTEGER);
});
