import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { forwardedFor } from '../../src/http/forwarded.ts';

describe('X-Forwarded-For', () => {
  test.each([
    [null, []],
    ['', []],
    ['1.2.3.4', ['1.2.3.4']],
    [' 6.6.6.6 ,, 1.2.3.4:80', ['6.6.6.6', '', '1.2.3.4:80']],
    [',', ['', '']],
  ])('%j names %j', (value, expected) => {
    expect(forwardedFor('x-forwarded-for', value)).toEqual(expected);
  });
});

describe('Forwarded', () => {
  test.each([
    [null, []],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', ['192.0.2.60']],
    ['For="[2001:db8:cafe::17]:4711"', ['[2001:db8:cafe::17]:4711']],
    ['for=192.0.2.43, for=198.51.100.17', ['192.0.2.43', '198.51.100.17']],
    ['for=unknown;by=_x , proto=https', ['unknown', '']],
    ['for="a\\"b, c"', ['a"b, c']],
    ['for=[2001:db8::1]:80', ['[2001:db8::1]:80']],
  ])('%j names %j', (value, expected) => {
    expect(forwardedFor('forwarded', value)).toEqual(expected);
  });

  test.each([
    'for',
    'for="1.2.3.4',
    'for=1.2.3.4 5',
    '=1.2.3.4',
    ';;',
    // What a client left open would swallow the word of the proxy behind it.
    'for=6.6.6.6;x=", for="[2001:db8::1]"',
    'for=6.6.6.6;x=", for=1.2.3.4',
  ])('%j cannot be read', (value) => {
    expect(forwardedFor('forwarded', value)).toBeUndefined();
  });

  test('whatever a client writes, the proxy has the last word or none counts', () => {
    const characters = fc.constantFrom(...Array.from('for=";,\\ 6.[]:x'));
    const texts = fc.array(characters, { maxLength: 30 }).map((each) => each.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom('1.2.3.4', '"[2001:db8::1]"'), (sent, told) => {
        const chain = forwardedFor('forwarded', `${sent}, for=${told}`);
        if (chain === undefined) return;
        expect(chain.at(-1)).toBe(told.replaceAll('"', ''));
      }),
      { numRuns: 5_000 },
    );
  });
});
