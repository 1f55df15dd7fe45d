import { checkSync, type Model, type Operation } from '@quorate/linearizability';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { GrowingVerdict } from '../../src/check/growing-verdict.ts';

interface Input {
  readonly key: string;
  /** Nothing: a read. */
  readonly written: number | undefined;
}

/** Registers that begin at 0. */
const registers: Model<number, Input, number> = {
  name: 'registers',
  init: () => 0,
  step: (state, { written }, output) => {
    if (written !== undefined) return [written];
    return output === state ? [state] : [];
  },
  partition: ({ input }) => input.key,
};

type Call = Operation<Input, number> & { outcome: Operation<Input, number>['outcome'] };

const read = (key: string): Input => ({ key, written: undefined });

/** An operation that is under way, called and answered at the times of `clock`. */
function begin(clock: { nowMs: number }, input: Input): Call {
  clock.nowMs += 1;
  return { process: `c${clock.nowMs}`, input, callTime: clock.nowMs, outcome: { kind: 'info' } };
}

function answer(clock: { nowMs: number }, call: Call, output: number): void {
  clock.nowMs += 1;
  call.outcome = { kind: 'ok', output, returnTime: clock.nowMs };
}

const happening = fc.record({
  kind: fc.constantFrom('write', 'read', 'answer', 'answer', 'look'),
  key: fc.constantFrom('a', 'b'),
  value: fc.nat(2),
});

test('is what a check of the whole history says, whenever it is looked at', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      const clock = { nowMs: 0 };
      const growing = new GrowingVerdict(registers);
      const calls: Call[] = [];
      const open: Call[] = [];
      for (const { kind, key, value } of happenings) {
        const next = open.shift();
        if (kind === 'answer' && next !== undefined) {
          answer(clock, next, next.input.written ?? value);
          growing.take(next);
          continue;
        }
        if (next !== undefined) open.unshift(next);
        if (kind === 'read' || kind === 'write') {
          const call = begin(clock, kind === 'read' ? read(key) : { key, written: value });
          calls.push(call);
          open.push(call);
          growing.take(call);
        }
        if (kind !== 'look') continue;
        expect(growing.verdict()).toBe(checkSync(registers, calls).verdict);
      }
      expect(growing.verdict()).toBe(checkSync(registers, calls).verdict);
    }),
    { numRuns: 500 },
  );
});

test('a look costs what is new', () => {
  let stepCount = 0;
  const counted: typeof registers = {
    ...registers,
    step: (...step) => {
      stepCount += 1;
      return registers.step(...step);
    },
  };
  const clock = { nowMs: 0 };
  const growing = new GrowingVerdict(counted);
  const ask = (key: string): void => {
    const call = begin(clock, read(key));
    growing.take(call);
    answer(clock, call, 0);
    growing.take(call);
  };
  for (let index = 0; index < 200; index += 1) ask(`k${index}`);
  expect(growing.verdict()).toBe('linearizable');
  const wholeCount = stepCount;
  expect(wholeCount).toBeGreaterThanOrEqual(200);
  growing.verdict();
  expect(stepCount).toBe(wholeCount);
  ask('k7');
  growing.verdict();
  expect(stepCount - wholeCount).toBeLessThan(10);
});
