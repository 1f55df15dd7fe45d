import type { Filter } from '@quorate/bloom-filter';
import type { Key } from '@quorate/hash';
import { createBloomFilter } from '@libp2p/utils';
import { BloomFilter as CallidonFilter } from 'bloom-filters';
import { BloomFilter as DaviesFilter } from 'bloomfilter';

import { filters } from '../hashing/filters.ts';
import { flatKeys, inTurn } from '../hashing/keys.ts';
import { microContender, nsPerCall } from '../micro.ts';
import type { BenchCase, Contender, Metric, Suite } from '../suite.ts';

const ITEMS = 2 ** 20;
const RATE = 0.01;

/** As many keys as there are members, half of them strangers, so that no answer can be guessed. */
function asked<Some>(members: readonly Some[], strangers: readonly Some[]): readonly Some[] {
  return members.flatMap((member, index) => {
    const stranger = strangers[index];
    return index % 2 === 0 || stranger === undefined ? [member] : [stranger];
  });
}

const allTexts = flatKeys(2 * ITEMS, 18);
const texts = allTexts.slice(0, ITEMS);
const askedTexts = asked(texts, allTexts.slice(ITEMS));
const numbers = Array.from({ length: ITEMS }, (_, index) => index * 2_039);
const askedNumbers = asked(
  numbers,
  numbers.map((key) => key + 1),
);

interface Questioned<Some> {
  has(key: Some): boolean;
}

/** A filter that is filled when its turn comes, and then asked one key after the other. */
function asking<Some>(
  name: string,
  keys: readonly Some[],
  open: () => Questioned<Some>,
): Contender {
  let filter: Questioned<Some> | undefined;
  let contender: Contender | undefined;
  return {
    name,
    setUp() {
      filter = open();
      const opened = filter;
      contender = microContender(
        name,
        inTurn(keys, (key) => opened.has(key)),
      );
    },
    run() {
      if (contender === undefined) throw new Error('expected a filter that was filled');
      return contender.run();
    },
    tearDown() {
      filter = undefined;
      contender = undefined;
    },
  };
}

function oursOf(name: string, members: readonly Key[]): Filter {
  const filter = filters[name]?.fill(members, members.length);
  if (filter === undefined) throw new Error(`expected a filter, got ${name}`);
  return filter;
}

function davies(members: readonly (string | number)[]): Questioned<string | number> {
  const bitCount = Math.ceil((-members.length * Math.log(RATE)) / Math.LN2 ** 2);
  const filter = new DaviesFilter(bitCount, 7);
  for (const key of members) filter.add(key);
  return { has: (key) => filter.test(key) };
}

interface TextFilter {
  add(key: string): void;
  has(key: string): boolean;
}

function filled(filter: TextFilter, members: readonly string[]): TextFilter {
  for (const key of members) filter.add(key);
  return filter;
}

function setOf<Some>(members: readonly Some[]): Questioned<Some> {
  return new Set(members);
}

/** Filling these takes half a minute each: they are asked beside the default filter alone. */
function slowPeers(): readonly Contender[] {
  return [
    asking('bloom-filters 3.0', askedTexts, () =>
      filled(CallidonFilter.create(ITEMS, RATE), texts),
    ),
    asking('@libp2p/utils 7.4', askedTexts, () => filled(createBloomFilter(ITEMS, RATE), texts)),
  ];
}

function onTexts(name: string): BenchCase {
  return {
    name: `${name}, strings`,
    metrics: [nsPerCall],
    ours: asking(name, askedTexts, () => oursOf(name, texts)),
    peers: [
      asking('bloomfilter 1.1', askedTexts, () => davies(texts)),
      ...(name === 'split-block' ? slowPeers() : []),
      asking('Set', askedTexts, () => setOf(texts)),
    ],
  };
}

function onNumbers(name: string): BenchCase {
  return {
    name: `${name}, integers`,
    metrics: [nsPerCall],
    ours: asking(name, askedNumbers, () => oursOf(name, numbers)),
    peers: [
      asking('bloomfilter 1.1', askedNumbers, () => davies(numbers)),
      asking('Set', askedNumbers, () => setOf(numbers)),
    ],
  };
}

const nsPerKey: Metric = { name: 'time per key', unit: 'ns', better: 'lower' };

function filling(name: string, members: readonly unknown[], fill: () => unknown): Contender {
  return {
    name,
    run() {
      const startedAt = performance.now();
      fill();
      return { [nsPerKey.name]: ((performance.now() - startedAt) * 1e6) / members.length };
    },
  };
}

function fillOf(name: string, kind: string, members: readonly (string | number)[]): BenchCase {
  return {
    name: `fill ${name}, ${kind}`,
    metrics: [nsPerKey],
    ours: filling(name, members, () => oursOf(name, members)),
    peers: [
      filling('bloomfilter 1.1', members, () => davies(members)),
      filling('Set', members, () => setOf(members)),
    ],
    runs: 3,
  };
}

const bitsPerKey: Metric = { name: 'bits per key', unit: 'bits', better: 'lower' };

/** Beside the least that any filter of its rate can do with. */
function sizeOf(name: string): BenchCase {
  const rate = filters[name]?.rate ?? 1;
  const sample = (bits: number) => ({ [bitsPerKey.name]: bits });
  return {
    name: `size of ${name}`,
    metrics: [bitsPerKey],
    ours: { name, run: () => sample(oursOf(name, numbers).stats().sizeBits / ITEMS) },
    peers: [{ name: 'the bound of information', run: () => sample(-Math.log2(rate)) }],
    runs: 1,
    warmUpRuns: 0,
  };
}

const names = Object.keys(filters);

/** A question to a filter of 2^20 keys with 1 % of error, half of the answers yes. */
export const suite: Suite = {
  name: 'bloom-filter',
  description: 'What does it cost to ask a filter of a million keys, to fill it, and to keep it?',
  cases: [
    ...names.map(onTexts),
    ...names.map(onNumbers),
    ...names.map((name) => fillOf(name, 'integers', numbers)),
    fillOf('split-block', 'strings', texts),
    ...names.map(sizeOf),
  ],
};
