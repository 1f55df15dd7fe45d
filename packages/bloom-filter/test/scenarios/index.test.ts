import { readdirSync } from 'node:fs';

import { expect, test } from 'vitest';

/** What goes wrong with filters elsewhere, and what is done about it: a file for each. */
const scenarios = [
  'bf-01-cuckoo-loses-nothing',
  'bf-02-cuckoo-full',
  'bf-03-cuckoo-same-key',
  'bf-04-fingerprint-zero',
  'bf-05-fuse-equal-keys',
  'bf-06-equal-buffers',
  'bf-07-fuse-seeds',
  'bf-08-degenerate-hashes',
  'bf-09-seeds-and-rates',
  'bf-10-beyond-32-bits',
  'bf-11-too-many-keys',
  'bf-12-impossible-sizes',
  'bf-13-hostile-files',
  'bf-14-byte-order',
  'bf-15-unlike-filters',
  'bf-16-counters-that-stick',
  'bf-17-scalable-rate',
  'bf-18-strings',
  'bf-19-numbers',
  'bf-20-parquet',
  'bf-21-guava',
  'bf-22-shared-memory',
  'bf-23-flood',
  'bf-24-rolling-windows',
  'bf-25-no-garbage',
  'bf-26-names-of-objects',
];

test('every scenario has a file, and every file is a scenario', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.startsWith('bf-'))
    .map((name) => name.replace(/(\.isolated)?\.test\.ts$/, ''));
  expect(files.sort()).toEqual(scenarios);
});

test('scenarios are numbered from 1 to 26', () => {
  expect(scenarios.map((name) => Number(name.slice(3, 5)))).toEqual(
    Array.from({ length: 26 }, (_, index) => index + 1),
  );
});
