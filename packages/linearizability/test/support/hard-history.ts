import { checkSync } from '../../src/checker.ts';
import type { History, Operation } from '../../src/history.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../../src/models/key-value.ts';

/**
 * A key that takes long to prove illegal, called first, beside one that is illegal at a glance. The
 * hard one ends with a compare-and-set, of which the model cannot see in advance that it fails.
 *
 * @returns The history of both, and how many steps the hard one takes alone.
 */
export function hardHistory(): {
  history: History<KeyValueInput, KeyValueOutput>;
  steps: number;
} {
  const ok = (
    process: string,
    input: KeyValueInput,
    output: KeyValueOutput,
    from: number,
    to: number,
  ): Operation<KeyValueInput, KeyValueOutput> => ({
    process,
    input,
    callTime: from,
    outcome: { kind: 'ok', output, returnTime: to },
  });
  const hard = Array.from({ length: 10 }, (_, index) =>
    ok(`h${index}`, { kind: 'put', key: 'hard', value: String(index) }, undefined, 0, 10),
  );
  const swap = { kind: 'cas', key: 'hard', expected: 'never', value: '' } as const;
  hard.push(ok('swapper', swap, true, 11, 12));
  const easy = [
    ok('e1', { kind: 'put', key: 'easy', value: '1' }, undefined, 20, 21),
    ok('e2', { kind: 'get', key: 'easy' }, null, 22, 23),
  ];
  const { steps } = checkSync(keyValue(), hard, { explain: 'none' });
  return { history: [...hard, ...easy], steps };
}
