import { murmur3x64_128, xxh64 } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { isPrime, maglevTable } from '../../src/maglev/maglev-table.ts';

function equal(...pairs: readonly (readonly [offset: number, skip: number])[]) {
  return pairs.map(([offset, skip]) => ({ offset, skip, weight: 1 }));
}

test('the table of the paper, before and after node 1 went', () => {
  expect([...maglevTable(7, equal([3, 4], [0, 2], [3, 1]))]).toEqual([1, 0, 1, 0, 2, 2, 0]);
  expect([...maglevTable(7, equal([3, 4], [3, 1]))]).toEqual([0, 0, 0, 0, 1, 1, 1]);
});

test('the table of go-maglev, before and after node 1 went', () => {
  expect([...maglevTable(7, equal([2, 4], [0, 5], [1, 2]))]).toEqual([1, 2, 0, 2, 0, 1, 0]);
  const without = maglevTable(7, equal([2, 4], [1, 2]));
  expect(Array.from(without, (turn) => 2 * turn)).toEqual([0, 2, 0, 2, 0, 2, 0]);
});

/** As Envoy: start and stride from XXH64 of the name with seeds 0 and 1. */
function envoyTable(names: readonly string[]): number[] {
  const turns = names.map((name) => {
    const offset = Number(wide(xxh64(name)) % 7n);
    return { offset, skip: Number(wide(xxh64(name, 1)) % 6n) + 1, weight: 1 };
  });
  return [...maglevTable(7, turns)];
}

function wide([low = 0, high = 0]: Uint32Array): bigint {
  return (BigInt(high) << 32n) + BigInt(low);
}

describe('the tables of Envoy', () => {
  test('by address and by name', () => {
    const ports = ['90', '91', '92', '93', '94', '95'];
    expect(envoyTable(ports.map((port) => `127.0.0.1:${port}`))).toEqual([2, 4, 0, 1, 5, 0, 3]);
    expect(envoyTable(ports)).toEqual([2, 5, 0, 3, 4, 1, 0]);
  });
});

test('weights are met to an entry or two, and nobody is without', () => {
  const turns = [1, 20, 300].map((weight, node) => {
    const [offset = 0, , skip = 0] = murmur3x64_128(`node-${node}`);
    return { offset: offset % 1_009, skip: (skip % 1_008) + 1, weight };
  });
  const counts = [0, 0, 0];
  for (const turn of maglevTable(1_009, turns)) counts[turn]! += 1;
  counts.forEach((count, node) => {
    const fair = (1_009 * turns[node]!.weight) / 321;
    expect(Math.abs(count - fair)).toBeLessThan(2);
    expect(count).toBeGreaterThan(0);
  });
});

test('nobody is in an empty table', () => {
  expect([...maglevTable(3, [])]).toEqual([-1, -1, -1]);
});

test('knows the primes', () => {
  const primes = Array.from({ length: 32 }, (_, value) => value).filter((value) => isPrime(value));
  expect(primes).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31]);
  expect(isPrime(65_537)).toBe(true);
  expect(isPrime(65_537 * 3)).toBe(false);
});
