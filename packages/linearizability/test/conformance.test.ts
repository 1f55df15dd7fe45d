import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import { parseJepsenLog } from '../src/importers/jepsen.ts';
import { parsePorcupineKeyValue } from '../src/importers/porcupine.ts';
import { historyFor } from '../src/importers/vocabulary.ts';
import { casRegister } from '../src/models/cas-register.ts';
import { keyValue } from '../src/models/key-value.ts';
import type { Scalar } from '../src/models/register.ts';

const root = join(import.meta.dirname, '../../..');
const data = join(process.env['QUORATE_DATA'] ?? join(root, '../shared/data'), 'linearizability');
const isThere = existsSync(data);
if (!isThere) console.warn(`conformance data not found at ${data}: these tests are skipped`);

function verdictOf(path: string): boolean {
  const text = readFileSync(join(data, path), 'utf8');
  const { verdict } = path.startsWith('etcd')
    ? checkSync(casRegister<Scalar>(null), historyFor.casRegister(parseJepsenLog(text).history), {
        explain: 'none',
      })
    : checkSync(keyValue(''), parsePorcupineKeyValue(text), { explain: 'none' });
  expect(verdict).not.toBe('unknown');
  return verdict === 'linearizable';
}

describe.skipIf(!isThere)('histories recorded from real systems get their known verdicts', () => {
  const expected: unknown = isThere
    ? JSON.parse(readFileSync(join(data, 'verdicts.json'), 'utf8'))
    : {};
  const verdicts = Object.entries(expected as Record<string, boolean>);

  test.each(verdicts)('%s: %s', (path, isLinearizable) => {
    expect(verdictOf(path)).toBe(isLinearizable);
  });

  test('all of them are there', () => {
    expect(readdirSync(join(data, 'etcd')).length + readdirSync(join(data, 'kv')).length).toBe(
      verdicts.length,
    );
  });
});
