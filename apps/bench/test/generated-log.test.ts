import { checkSync, keyValue, parsePorcupineKeyValue } from '@quorate/linearizability';
import { expect, test } from 'vitest';

import { generatedLog } from '../src/linearizability/generated-log.ts';

const size = { clientCount: 8, keyCount: 3, operationCount: 300 };

function verdictOf(seed: number, isBroken: boolean): string {
  const history = parsePorcupineKeyValue(generatedLog({ seed, ...size, isBroken }));
  expect(history).toHaveLength(size.operationCount);
  return checkSync(keyValue(''), history, { explain: 'none' }).verdict;
}

test.each(Array.from({ length: 10 }, (_, seed) => seed))(
  'seed %i is linearizable, and not if an answer is wrong',
  (seed) => {
    expect(verdictOf(seed, false)).toBe('linearizable');
    expect(verdictOf(seed, true)).toBe('not-linearizable');
  },
);

test('the same seed gives the same log', () => {
  const options = { seed: 7, ...size, isBroken: false };
  expect(generatedLog(options)).toBe(generatedLog(options));
  expect(generatedLog(options)).not.toBe(generatedLog({ ...options, seed: 8 }));
});
