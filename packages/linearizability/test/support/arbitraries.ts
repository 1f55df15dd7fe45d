import fc from 'fast-check';

import type { History, Operation, Outcome } from '../../src/history.ts';

/**
 * Histories of up to `lengthMax` operations whose times are drawn from so few instants that ties,
 * overlaps and gaps are all common. Processes retire after every operation, so that any overlap is
 * allowed.
 */
export function histories<Input, Output>(
  call: fc.Arbitrary<{ readonly input: Input; readonly output: Output }>,
  lengthMax: number,
): fc.Arbitrary<History<Input, Output>> {
  const instant = fc.integer({ min: 0, max: 9 });
  const kind = fc.constantFrom('ok', 'ok', 'ok', 'ok', 'info', 'fail');
  const operation = fc.record({ call, from: instant, length: fc.nat(4), kind });
  return fc.array(operation, { minLength: 1, maxLength: lengthMax }).map((drawn) =>
    drawn.map(({ call: { input, output }, from, length, kind: ending }, index) => {
      const outcome: Outcome<Output> =
        ending === 'info'
          ? { kind: 'info' }
          : ending === 'fail'
            ? { kind: 'fail', returnTime: from + length }
            : { kind: 'ok', output, returnTime: from + length };
      const result: Operation<Input, Output> = { process: index, input, callTime: from, outcome };
      return result;
    }),
  );
}
