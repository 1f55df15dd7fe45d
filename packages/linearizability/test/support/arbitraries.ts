import fc from 'fast-check';

import type { History, Operation, Outcome } from '../../src/history.ts';
import { type Model, UNKNOWN } from '../../src/model.ts';
import type { RegisterInput, RegisterOutput } from '../../src/models/register.ts';

/** Calls of a register of small numbers, rightly answered or not. */
export const registerCalls: fc.Arbitrary<{
  readonly input: RegisterInput<number>;
  readonly output: RegisterOutput<number>;
}> = fc.oneof(
  fc.record({
    input: fc.record({ kind: fc.constant('read' as const) }),
    output: fc.constantFrom(0, 1, 2),
  }),
  fc.record({
    input: fc.record({ kind: fc.constant('write' as const), value: fc.constantFrom(0, 1, 2) }),
    output: fc.constant(undefined),
  }),
);

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

/**
 * Histories of an object that works: the operations take effect in the order drawn, and answer as
 * the object would, as far as an answer is among those drawn. Now and then one lies. Most are
 * linearizable, and most of the others nearly.
 */
export function recordedHistories<State, Input, Output>(
  model: Model<State, Input, Output>,
  call: fc.Arbitrary<{ readonly input: Input; readonly output: Output }>,
  lengthMax: number,
): fc.Arbitrary<History<Input, Output>> {
  const operation = fc.record({
    call,
    before: fc.nat(3),
    after: fc.nat(3),
    kind: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'lie', 'happened', 'lost'),
  });
  return fc.array(operation, { minLength: 2, maxLength: lengthMax }).map((operations) => {
    const outputs = operations.map((one) => one.call.output);
    const states = new Map<string, readonly State[]>();
    return operations.map(({ call: { input, output }, before, after, kind }, index) => {
      const at = 2 * index;
      const result: Operation<Input, Output> = {
        process: index,
        input,
        callTime: at - before,
        outcome: { kind: 'info' },
      };
      if (kind === 'lost') return result;
      const key = model.partition?.(result) ?? '';
      const now = states.get(key) ?? [model.init()];
      const step = (answer: Output | typeof UNKNOWN): readonly State[] =>
        now.flatMap((state) => model.step(state, input, answer));
      const answer = [output, ...outputs].find((one) => step(one).length > 0);
      if (kind === 'happened' || answer === undefined) {
        states.set(key, step(UNKNOWN));
        return result;
      }
      states.set(key, step(answer));
      const shown = kind === 'lie' ? output : answer;
      return { ...result, outcome: { kind: 'ok', output: shown, returnTime: at + after } };
    });
  });
}
