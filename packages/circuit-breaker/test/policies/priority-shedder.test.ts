import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { bulkhead } from '../../src/policies/bulkhead.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { priorityShedder } from '../../src/policies/priority-shedder.ts';
import { deferred, errorOf, runUnder } from '../support/calls.ts';

const classes = { preview: { from: 0.5, to: 1 }, payment: { from: 1, to: 2 } };

test('gives up the less important first, and little by little', async () => {
  let used = 0.75;
  const shedder = priorityShedder({ utilization: () => used, classes, random: seededRandom(3) });
  let admitted = 0;
  for (let call = 0; call < 1_000; call += 1) {
    await runUnder(shedder.for('preview'), () => (admitted += 1)).catch(() => undefined);
    await runUnder(shedder.for('payment'), () => 'paid');
  }
  expect(admitted).toBeGreaterThan(400);
  expect(admitted).toBeLessThan(600);
  used = 1;
  expect(await errorOf(runUnder(shedder.for('preview'), () => 1))).toMatchObject({
    ...{ code: 'CALL_REFUSED', reason: 'shed' },
  });
  expect(await runUnder(shedder.for('payment'), () => 'paid')).toBe('paid');
});

test('follows the bulkhead behind it', async () => {
  const places = bulkhead({ maxConcurrent: 2 });
  const shedder = priorityShedder({ utilization: () => places.utilization, classes });
  const previews = pipeline(shedder.for('preview'), places);
  const works = [deferred<unknown>(), deferred<unknown>()];
  const running = works.map((work) => previews.run(() => work.promise));
  expect(await errorOf(previews.run(() => 1))).toMatchObject({ reason: 'shed' });
  for (const work of works) work.resolve(undefined);
  await Promise.all(running);
  expect(await previews.run(() => 1)).toBe(1);
});

test('a gauge that fails sheds nothing', async () => {
  const utilization = (): never => {
    throw new Error('no gauge');
  };
  const shedder = priorityShedder({ utilization, classes });
  expect(await runUnder(shedder.for('preview'), () => 1)).toBe(1);
});

test('a class that there is none of is refused, also one named like a built-in', () => {
  const shedder = priorityShedder<string>({ utilization: () => 0, classes });
  const expected = 'priority: expected one of preview, payment, got "toString"';
  expect(() => shedder.for('toString')).toThrow(new RangeError(expected));
});

test.each<[object, string]>([
  [{ classes }, 'utilization: expected a function, got undefined'],
  [{ classes, utilization: 0.5 }, 'utilization: expected a function, got 0.5'],
  [
    { utilization: () => 0, classes: { low: { from: 2, to: 1 } } },
    'classes.low.to: expected a number in 2..10, got 1',
  ],
])('refuses %o', (options, message) => {
  const make: unknown = Reflect.apply.bind(undefined, priorityShedder, undefined, [options]);
  expect(make).toThrow(message);
});
