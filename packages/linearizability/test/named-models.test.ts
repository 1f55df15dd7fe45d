import { describe, expect, test } from 'vitest';

import { MODEL_NAMES, modelNamed } from '../src/adapters/named-models.ts';
import { parseJsonLines } from '../src/importers/json-lines.ts';

describe('models by name', () => {
  test.each(MODEL_NAMES.map((name) => name.replace(':N', ':2')))('there is a %s', (name) => {
    expect(name).toContain(modelNamed(name)?.name);
  });

  test('kv is short for key-value', () => {
    expect(modelNamed('kv')?.name).toBe('key-value');
  });

  test.each(['', 'nope', '__proto__', 'kv:2', 'semaphore', 'semaphore:0', 'semaphore:2:3'])(
    'there is no %j',
    (name) => {
      expect(modelNamed(name)).toBeUndefined();
    },
  );
});

describe('an examination', () => {
  test('shows the counterexample with clients, times and the culprit', async () => {
    const written = { process: 'writer', call: 0, return: 1, input: { kind: 'write', value: 1 } };
    const read = { process: 'r', call: 2, return: 3, input: { kind: 'read' }, output: null };
    const lines = [written, read].map((line) => JSON.stringify({ ...line, outcome: 'ok' }));
    const history = parseJsonLines(lines);
    const examination = await modelNamed('register')?.check(history, () => ({}));
    expect(examination?.text().replace(/\d+ steps/, 'n steps')).toBe(
      [
        'not-linearizable: 2 operations, 1 partition, n steps',
        'minimal counterexample: 2 operations',
        '  writer  write(1)       [0, 1]',
        '  r       read() → null  [2, 3]  ← impossible',
        '',
      ].join('\n'),
    );
    expect(examination?.html({ title: 'told' })).toContain('<title>told');
  });
});
