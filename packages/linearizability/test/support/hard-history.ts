import { checkSync } from '../../src/checker.ts';
import type { History, Operation } from '../../src/history.ts';
import { keyValue, type KeyValueInput, type KeyValueOutput } from '../../src/models/key-value.ts';

/**
 * A key that takes long to prove illegal, called first, beside one that is illegal at a glance.
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
  hard.push(ok('reader', { kind: 'get', key: 'hard' }, 'never', 11, 12));
  const easy = [
    ok('e1', { kind: 'put', key: 'easy', value: '1' }, undefined, 20, 21),
    ok('e2', { kind: 'get', key: 'easy' }, null, 22, 23),
  ];
  const { steps } = checkSync(keyValue(), hard, { explain: 'none' });
  return { history: [...hard, ...easy], steps };
}
