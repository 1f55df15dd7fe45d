import { describe, expect, test } from 'vitest';

import type { RatePolicy } from '../../src/policy.ts';
import { charge, giveBack, ShareTable } from '../../src/redis/share-table.ts';

const policy: RatePolicy = { kind: 'gcra', name: 'api', limit: 100, windowMs: 1_000, burst: 100 };

test('a share is found by key, by policy and by id', () => {
  const table = new ShareTable(10);
  const share = table.add('a', policy);
  expect(table.find('a', policy)).toBe(share);
  expect(table.find('a', { ...policy, limit: 50 })).toBe(share);
  expect(table.findById(share.id)).toBe(share);
  expect(table.find('b', policy)).toBeUndefined();
  expect(table.find('a', { ...policy, name: 'other' })).toBeUndefined();
  expect(table.find('a', { ...policy, kind: 'tokenBucket' })).toBeUndefined();
});

test.each(['__proto__', 'constructor', 'toString', ''])('%j is a key like any other', (key) => {
  const table = new ShareTable(10);
  expect(table.find(key, policy)).toBeUndefined();
  const share = table.add(key, policy);
  expect(table.find(key, policy)).toBe(share);
});

describe('a full table', () => {
  test('never grows', () => {
    const table = new ShareTable(100);
    for (let index = 0; index < 10_000; index += 1) table.add(`key-${index}`, policy);
    expect(table.size).toBe(100);
  });

  test('lets go of what was not used lately', () => {
    const table = new ShareTable(4);
    const first = table.add('a', policy);
    for (const key of ['b', 'c', 'd', 'e']) table.add(key, policy);
    // All were new; the first in line went.
    expect(table.find('a', policy)).toBeUndefined();
    expect(table.findById(first.id)).toBeUndefined();
    table.find('b', policy);
    table.add('f', policy);
    expect(table.find('b', policy)).toBeDefined();
    expect(table.find('c', policy)).toBeUndefined();
  });
});

describe('giving back', () => {
  test('restores what was charged, once', () => {
    const share = new ShareTable(1).add('a', policy);
    share.units = 5;
    const number = charge(share, 3);
    expect(share.units).toBe(2);
    giveBack(share, number, 3, 10);
    giveBack(share, number, 3, 10);
    expect(share.units).toBe(5);
  });

  test('never makes a share larger than it may be', () => {
    const share = new ShareTable(1).add('a', policy);
    share.units = 3;
    const number = charge(share, 3);
    share.units = 9;
    giveBack(share, number, 3, 10);
    expect(share.units).toBe(10);
  });

  test('ignores charges that never were, and those long ago', () => {
    const share = new ShareTable(1).add('a', policy);
    share.units = 10_000;
    giveBack(share, 1, 1, 20_000);
    expect(share.units).toBe(10_000);
    for (let count = 0; count < 5_000; count += 1) charge(share, 1);
    giveBack(share, 1, 1, 20_000);
    expect(share.units).toBe(5_000);
    giveBack(share, 5_000, 1, 20_000);
    expect(share.units).toBe(5_001);
  });

  test('remembers a bounded number of refunds', () => {
    const share = new ShareTable(1).add('a', policy);
    share.units = 20_000;
    for (let count = 0; count < 10_000; count += 1) giveBack(share, charge(share, 1), 1, 20_000);
    expect(share.refunded.size).toBeLessThanOrEqual(4_096);
  });
});
