import { describe, expect, test } from 'vitest';

import { parsePorcupineKeyValue } from '../src/importers/porcupine.ts';

describe('Porcupine key-value histories', () => {
  const call = '{:process 0, :type :invoke, :f :append, :key "1", :value "x"}';

  test('are read', () => {
    const text = [
      call,
      '{:process 1, :type :invoke, :f :get, :key "1", :value nil}',
      '{:process 1, :type :ok, :f :get, :key "1", :value "x"}',
      '{:process 2, :type :invoke, :f :put, :key "1", :value "y"}',
      '{:process 0, :type :ok, :f :append, :key "1", :value "x"}',
      '',
    ].join('\r\n');
    expect(parsePorcupineKeyValue(text)).toMatchObject([
      { process: '1', outcome: { kind: 'ok', output: 'x' } },
      { process: '0', input: { kind: 'append', value: 'x' } },
      { process: '2', input: { kind: 'put', value: 'y' }, outcome: { kind: 'info' } },
    ]);
  });

  test.each([
    ['no event', '\nnope', /^line 2: expected a key-value event/],
    ['an event cut off', call.slice(0, 40), /^line 1: expected a key-value event/],
    ['a return without a call', call.replace(':invoke', ':ok'), /^line 1: expected a call/],
    ['two open calls', `${call}\n${call}`, /^line 2: expected process 0 to have no open call/],
    [
      'the return of another operation',
      `${call}\n${call.replace(':invoke', ':ok').replace('"1"', '"2"')}`,
      /^line 2: expected the return of append 1, got append 2/,
    ],
  ])('%s is refused with its line', (_name, text, message) => {
    expect(() => parsePorcupineKeyValue(text)).toThrow(message);
  });
});
