import { checkSync, type History, type Outcome } from '@quorate/linearizability';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  commandCodec,
  type ConfigCommand,
  type ConfigResult,
  resultCodec,
  type WriteCondition,
} from '../src/config/config-command.ts';
import { ConfigStore } from '../src/config/config-store.ts';
import { type ConfigInput, configModel, type ConfigOutput } from '../src/check/config-model.ts';

const key = fc.constantFrom('a', 'b');
const value = fc.constantFrom('x', 'y', 'z');
const condition: fc.Arbitrary<WriteCondition> = fc.oneof(
  fc.constantFrom<WriteCondition>({ kind: 'none' }, { kind: 'absent' }, { kind: 'present' }),
  fc.record({ kind: fc.constant('revision' as const), revision: fc.integer({ min: 1, max: 12 }) }),
);
const input: fc.Arbitrary<ConfigInput> = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({ kind: fc.constant('put' as const), key, value, condition }),
  fc.record({ kind: fc.constant('delete' as const), key, condition }),
);

/** One client alone, operation `index` from `index` to `index + 0.5`. */
function historyOf(
  calls: readonly { readonly input: ConfigInput; readonly output: ConfigOutput | undefined }[],
): History<ConfigInput, ConfigOutput> {
  return calls.map(({ input: asked, output }, index) => {
    const outcome: Outcome<ConfigOutput> =
      output === undefined ? { kind: 'info' } : { kind: 'ok', output, returnTime: index + 0.5 };
    return { process: `c${index}`, input: asked, callTime: index, outcome };
  });
}

function ask(store: ConfigStore, asked: ConfigInput, logIndex: number): ConfigOutput {
  if (asked.kind !== 'get') {
    return outputOf(resultCodec.decode(store.apply(commandCodec.encode(asked), logIndex)));
  }
  const found = store.get(asked.key);
  if (!found) return { kind: 'absent' };
  return { kind: 'value', value: found.value, revision: found.revision };
}

function outputOf(result: ConfigResult): ConfigOutput {
  switch (result.kind) {
    case 'written':
    case 'deleted':
      return result;
    case 'missing':
      return { kind: 'absent' };
    case 'mismatch':
      return { kind: 'mismatch', currentRevision: result.currentRevision ?? null };
    default:
      throw new Error(`${result.kind}: expected of no command of this test`);
  }
}

function verdictOf(history: History<ConfigInput, ConfigOutput>): string {
  return checkSync(configModel, history, { explain: 'none' }).verdict;
}

test('the model allows what the store does, also if some answers got lost', () => {
  const asked = fc.array(fc.record({ input, isLost: fc.boolean() }), { maxLength: 12 });
  fc.assert(
    fc.property(asked, (calls) => {
      const store = new ConfigStore();
      const answered = calls.map(({ input: next, isLost }, index) => {
        const output = ask(store, next, index + 1);
        return { input: next, output: isLost ? undefined : output };
      });
      expect(verdictOf(historyOf(answered))).toBe('linearizable');
    }),
    { numRuns: 1_000 },
  );
});

test('and refuses every other answer to the last question, if none got lost', () => {
  const output: fc.Arbitrary<ConfigOutput> = fc.oneof(
    fc.constantFrom<ConfigOutput>({ kind: 'absent' }, { kind: 'deleted' }),
    fc.record({ kind: fc.constant('value' as const), value, revision: fc.integer({ min: 1 }) }),
    fc.record({
      kind: fc.constant('mismatch' as const),
      currentRevision: fc.option(fc.integer({ min: 1, max: 12 })),
    }),
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 12 }), input, output, (calls, last, wrong) => {
      const store = new ConfigStore();
      const answered = calls.map((next, index) => ({
        input: next,
        output: ask(store, next, index + 1),
      }));
      const right = ask(store, last, calls.length + 1);
      fc.pre(JSON.stringify(right) !== JSON.stringify(wrong));
      const history = historyOf([...answered, { input: last, output: wrong }]);
      expect(verdictOf(history)).toBe('not-linearizable');
    }),
    { numRuns: 1_000 },
  );
});

const put = (text: string, wanted: WriteCondition = { kind: 'none' }): ConfigCommand => ({
  kind: 'put',
  key: 'a',
  value: text,
  condition: wanted,
});
const get: ConfigInput = { kind: 'get', key: 'a' };
const written = (revision: number): ConfigOutput => ({ kind: 'written', revision, isNew: false });
const read = (text: string, revision: number): ConfigOutput => ({
  kind: 'value',
  value: text,
  revision,
});
const created: ConfigOutput = { kind: 'written', revision: 5, isNew: true };

// What a lost answer leaves open, and what not.
test.each([
  ['a lost write is seen at a later revision', [put('y'), undefined], [get, read('y', 9)], true],
  ['or was never done', [put('y'), undefined], [get, read('x', 5)], true],
  ['but not at one that was', [put('y'), undefined], [get, read('y', 5)], false],
  ['nor does a value that nobody wrote come up', [put('y'), undefined], [get, read('z', 6)], false],
  ['revisions rise', [put('y'), written(6)], [get, read('y', 6)], true],
  ['and never fall', [put('y'), written(4)], [get, read('y', 4)], false],
  [
    'a condition on the revision that was cannot have held twice',
    [put('y', { kind: 'revision', revision: 5 }), written(6)],
    [put('z', { kind: 'revision', revision: 5 }), written(7)],
    false,
  ],
] as const)('%s', (_, second, third, isLegal) => {
  const calls = [[put('x'), created] as const, second, third];
  const history = historyOf(calls.map(([asked, output]) => ({ input: asked, output })));
  expect(verdictOf(history)).toBe(isLegal ? 'linearizable' : 'not-linearizable');
});

test('a revision that a read told holds from then on', () => {
  const calls = [
    { input: put('x'), output: undefined },
    { input: get, output: read('x', 7) },
    { input: get, output: read('x', 8) },
  ];
  expect(verdictOf(historyOf(calls))).toBe('not-linearizable');
});
