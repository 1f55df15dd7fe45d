import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { decodeCuckoo, encodeCuckoo } from '../../src/codec/cuckoo-codec.ts';
import { CuckooFilter, type CuckooBits } from '../../src/cuckoo.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';
import { countFound } from '../support/key-families.ts';

const sizes: readonly CuckooBits[] = [8, 16, 32];

/** A filter of any bucket count that was filled until it said so. */
function fullFilter(bucketCount: number, fingerprintBits: CuckooBits): CuckooFilter {
  const hasher = keyHasher('xxh64', 5);
  const filter = new CuckooFilter({ bucketCount, fingerprintBits, hasher });
  for (let key = 0; filter.add(key) === 'added';) key += 1;
  return filter;
}

for (const bits of sizes) {
  describeFile({
    kind: 'cuckoo',
    value: fullFilter(5, bits),
    encode: encodeCuckoo,
    decode: decodeCuckoo,
  });
}

describe.each(sizes)('a cuckoo filter of %d bits that was read', (bits) => {
  const filter = fullFilter(997, bits);
  const read = decodeCuckoo(encodeCuckoo(filter));

  test('answers as the one that was written, and has lost no key', () => {
    expect(countFound(read, Number, [0, filter.itemCount])).toBe(filter.itemCount);
    for (let key = 0; key < 20_000; key += 1) expect(read.has(key)).toBe(filter.has(key));
    expect(read.stats()).toEqual(filter.stats());
    expect([read.bucketCount, read.fingerprintBits]).toEqual([997, bits]);
  });

  test('refuses what the full one refused, and loses nothing by it', () => {
    const before = read.slots.slice();
    const count = read.itemCount;
    for (let key = count; key < count + 200; key += 1) {
      if (read.add(key) === 'added') expect(read.remove(key)).toBe(true);
    }

    expect(read.slots.filter((print) => print !== 0)).toHaveLength(count);
    expect(countFound(read, Number, [0, count])).toBe(count);
    expect(before).toHaveLength(read.slots.length);
  });

  test('is empty once every key was removed, and takes them again', () => {
    const emptied = decodeCuckoo(encodeCuckoo(filter));
    const count = filter.itemCount;
    for (let key = 0; key < count; key += 1) expect(emptied.remove(key)).toBe(true);

    expect(emptied.itemCount).toBe(0);
    expect(emptied.slots.every((print) => print === 0)).toBe(true);
    for (let key = 0; key < count / 2; key += 1) expect(emptied.add(key)).toBe('added');
  });

  test('goes on as the one that was written would have', () => {
    const one = fullFilter(100, bits);
    const other = decodeCuckoo(encodeCuckoo(one));
    for (const half of [one, other]) {
      for (let key = 0; key < 100; key += 1) half.remove(key);
      for (let key = 1_000; key < 1_090; key += 1) half.add(key);
    }

    expect(other.slots).toEqual(one.slots);
    expect(other.itemCount).toBe(one.itemCount);
  });
});

test('how many keys are in it is counted: a file cannot claim more', () => {
  const filter = new CuckooFilter({ bucketCount: 3, fingerprintBits: 16 });
  for (const key of ['a', 'b']) filter.add(key);
  const read = decodeCuckoo(encodeCuckoo(filter));

  expect(read.itemCount).toBe(2);
  expect(decodeCuckoo(encodeCuckoo(new CuckooFilter({ slots: new Uint8Array(4) }))).itemCount).toBe(
    0,
  );
});

test.each([
  ['no bucket', 0, 8, 0],
  ['2^40 buckets', 2 ** 40, 8, 20],
  ['one bucket more than a table can have', 2 ** 29 + 1, 8, 20],
  ['more buckets than there are', 6, 8, 20],
  ['fewer buckets than there are', 4, 8, 20],
  ['a fingerprint that is too many', 5, 8, 21],
  ['wider fingerprints than there are', 5, 16, 20],
  ['fingerprints of 0 bits', 5, 0, 0],
  ['fingerprints of 12 bits', 5, 12, 30],
  ['fingerprints of 64 bits', 5, 64, 160],
])('a file that claims %s is refused', (_, bucketCount, bits, bodyBytes) => {
  const bytes = claim(
    'cuckoo',
    (writer) => {
      writer.varint(bucketCount);
      writer.u8(bits);
    },
    bodyBytes,
  );
  expectRefusal(decodeCuckoo, bytes);
});
