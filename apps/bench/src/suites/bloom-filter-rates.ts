import type { Key } from '@quorate/hash';

import { filters, type NamedFilter } from '../hashing/filters.ts';
import { keyFamilies } from '../hashing/key-families.ts';
import { type BenchCase, constantPeer, type Metric, type Suite } from '../suite.ts';

/** Of 35 filters, so that a hundred million members are looked up. */
const ITEMS = 3_000_000;

/** Strangers: as many as give 600 false answers or more, so that chance moves the rate by 4 %. */
const strangersFor = (rate: number): number => Math.max(2_000_000, Math.ceil(600 / rate));

const metrics: readonly Metric[] = [
  { name: 'strangers taken for members', unit: '%', better: 'lower' },
  { name: 'members found', unit: '%', better: 'higher' },
];

type KeyOf = (index: number) => Key;

function* keysOf(keyOf: KeyOf): Generator<Key> {
  for (let index = 0; index < ITEMS; index += 1) yield keyOf(index);
}

function shareFound(has: (key: Key) => boolean, keyOf: KeyOf, first: number, count: number) {
  let found = 0;
  for (let index = first; index < first + count; index += 1) if (has(keyOf(index))) found += 1;
  return (100 * found) / count;
}

function rateOf(
  name: string,
  { rate, fill }: NamedFilter,
  [family, keyOf]: readonly [string, KeyOf],
): BenchCase {
  return {
    name: `${name}, ${family}`,
    metrics,
    ours: {
      name,
      run() {
        const filter = fill(keysOf(keyOf), ITEMS);
        const has = (key: Key): boolean => filter.has(key);
        return {
          'strangers taken for members': shareFound(has, keyOf, ITEMS, strangersFor(rate)),
          'members found': shareFound(has, keyOf, 0, ITEMS),
        };
      },
    },
    peers: [
      constantPeer('what was asked for', {
        'strangers taken for members': 100 * rate,
        'members found': 100,
      }),
    ],
    runs: 1,
    warmUpRuns: 0,
  };
}

/** Rates of error beside what was asked for; a filter that loses a member finds less than 100 %. */
export const suite: Suite = {
  name: 'bloom-filter-rates',
  description: 'How many strangers does a filter of three million keys take for members?',
  cases: Object.entries(filters).flatMap(([name, filter]) =>
    Object.entries(keyFamilies).map((family) => rateOf(name, filter, family)),
  ),
};
