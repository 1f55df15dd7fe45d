/*
 * What goes wrong elsewhere: addresses are compared as text. A client of version 6 takes another
 * address of its /64 for each request; one address is written in many ways; and a test for mapped
 * addresses by their spelling takes `::ffff:102:304` for version 6, whose /64 then is that of all
 * clients of version 4 together.
 *
 * Protection: src/http/address.ts reads bits, unmaps by bits, and src/http/client-address.ts names
 * a client by a prefix.
 */
import { expect, test } from 'vitest';

import { addressKey } from '../../src/http/client-address.ts';

test('two addresses of one /64 are one client, of two /64 are two', () => {
  const [one, other] = ['2001:db8:0:7::1', '2001:db8:0:7:ffff:ffff:ffff:ffff'].map((each) =>
    addressKey(each),
  );
  expect(one).toBe(other);
  expect(addressKey('2001:db8:0:8::1')).not.toBe(one);
});

test('a mapped address is the client that it stands for, however it is written', () => {
  const spellings = ['1.2.3.4', '::ffff:1.2.3.4', '::ffff:102:304', '0:0:0:0:0:FFFF:0102:0304'];
  expect(new Set(spellings.map((each) => addressKey(each)))).toEqual(new Set(['1.2.3.4']));
  expect(addressKey('::ffff:102:305')).toBe('1.2.3.5');
});

test('an address that only ends like one of version 4 is of version 6', () => {
  expect(addressKey('2001:db8::1.2.3.4')).toBe('2001:db8::/64');
});

test('zone, brackets, port and case name nobody else', () => {
  const spellings = [
    'fe80::ABCD',
    'fe80::abcd%eth0',
    '[fe80::abcd]',
    '[fe80::abcd%1]:8080',
    'FE80:0:0:0:0:0:0:abcd',
  ];
  expect(new Set(spellings.map((each) => addressKey(each)))).toEqual(new Set(['fe80::/64']));
  expect(addressKey('1.2.3.4:5678')).toBe('1.2.3.4');
});
