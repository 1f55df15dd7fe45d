import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  formatAddress,
  isWithin,
  maskAddress,
  parseAddress,
  parseNetwork,
} from '../../src/http/address.ts';

const formatted = (text: string): string | undefined => {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
};

describe('parseAddress', () => {
  test.each([
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4:80', '1.2.3.4'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:102:304', '1.2.3.4'],
    ['0:0:0:0:0:ffff:102:304', '1.2.3.4'],
    ['[::ffff:1.2.3.4]:443', '1.2.3.4'],
    ['64:ff9b::1.2.3.4', '1.2.3.4'],
    ['2001:db8::1.2.3.4', '2001:db8::102:304'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:80', 'fe80::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    // Not mapped: the bits before are not all zero.
    ['1::ffff:1.2.3.4', '1::ffff:102:304'],
  ])('reads %s as %s', (text, expected) => {
    expect(formatted(text)).toBe(expected);
  });

  test.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4:',
    '1.2.3.4:port',
    '1.2.3.4:123456',
    ' 1.2.3.4',
    '0x1.2.3.4',
    '1234',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.4:5',
    'fe80::1%',
    '[::1',
    '[::1]80',
    '[::1]:',
    '[1.2.3.4]',
    '[]',
    '%eth0',
    `${'0'.repeat(200)}::`,
    `fe80::1%${'z'.repeat(200)}`,
  ])('takes %j for no address', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('reads back whatever it writes', () => {
    const version4 = fc.tuple(fc.constant(4 as const), groups(2));
    const version6 = fc.tuple(fc.constant(6 as const), groups(8));
    fc.assert(
      fc.property(fc.oneof(version4, version6), ([version, values]) => {
        const text = formatAddress({ version, groups: values });
        expect(formatted(text)).toBe(
          text.startsWith('::ffff:') || text.startsWith('64:ff9b::')
            ? formatAddress(parseAddress(text)!)
            : text,
        );
      }),
    );
  });

  test('throws at nothing', () => {
    const characters = fc.constantFrom(...Array.from('0123456789abcdefgF:.%[]/ -,'));
    const texts = fc.array(characters, { maxLength: 45 }).map((each) => each.join(''));
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        const address = parseAddress(text);
        if (address === undefined) return;
        expect(address.groups).toHaveLength(address.version === 4 ? 2 : 8);
        expect(address.groups.every((group) => group >= 0 && group <= 0xffff)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('maskAddress', () => {
  test.each([
    ['1.2.3.4', 24, '1.2.3.0'],
    ['1.2.3.4', 0, '0.0.0.0'],
    ['1.2.3.255', 25, '1.2.3.128'],
    ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::'],
    ['2001:db8:1:ffff::', 56, '2001:db8:1:ff00::'],
    ['2001:db8:1:2:3:4:5:6', 128, '2001:db8:1:2:3:4:5:6'],
  ])('%s with %i bits is %s', (text, prefixBits, expected) => {
    expect(formatAddress(maskAddress(parseAddress(text)!, prefixBits))).toBe(expected);
  });
});

describe('networks', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.9.9.9/8', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['0.0.0.0/0', '9.9.9.9', true],
    ['0.0.0.0/0', '::1', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fe00::1', false],
    ['::1', '::1', true],
  ])('%s holds %s: %s', (network, address, expected) => {
    expect(isWithin(parseNetwork(network), parseAddress(address)!)).toBe(expected);
  });

  test.each([
    '',
    'private',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8.5',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0:80/8',
    'fd00::/129',
    '::ffff:10.0.0.0/95',
    '[::1]/64',
  ])('%j is none', (text) => {
    expect(() => parseNetwork(text)).toThrow(/^network: expected an address or address\/bits/);
  });
});

function groups(count: number): fc.Arbitrary<number[]> {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  return fc.array(group, { minLength: count, maxLength: count });
}
