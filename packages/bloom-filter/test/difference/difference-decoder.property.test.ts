import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DifferenceDecoder } from '../../src/difference/difference-decoder.ts';
import { Sketch, SYMBOL_WORDS } from '../../src/difference/sketch.ts';
import { hashesFrom } from '../support/random-hashes.ts';

const sizes = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  common: fc.integer({ min: 0, max: 400 }),
  onlyLocal: fc.integer({ min: 0, max: 60 }),
  onlyRemote: fc.integer({ min: 0, max: 60 }),
  piece: fc.integer({ min: 1, max: 40 }),
});

function pairs(hashes: ArrayLike<number>): string[] {
  const all: string[] = [];
  for (let at = 0; at < hashes.length; at += 2) all.push(`${hashes[at]} ${hashes[at + 1]}`);
  return all.sort();
}

describe('a decoder', () => {
  test('finds exactly what differs, in symbols of any number of pieces', () => {
    fc.assert(
      fc.property(sizes, ({ seed, common, onlyLocal, onlyRemote, piece }) => {
        const all = hashesFrom(seed, common + onlyLocal + onlyRemote);
        const mine = all.slice(0, 2 * (common + onlyLocal));
        const lacking = all.slice(2 * (common + onlyLocal));
        const theirs = new Sketch(Uint32Array.from([...all.slice(0, 2 * common), ...lacking]));
        const decoder = new DifferenceDecoder(new Sketch(mine));
        while (decoder.state === 'incomplete') {
          const start = decoder.symbolCount;
          decoder.receive(theirs.symbols(start, start + piece));
          expect(decoder.symbolCount).toBeLessThan(6 * (onlyLocal + onlyRemote) + 40 + piece);
        }
        expect(decoder.state).toBe('decoded');
        expect(pairs(decoder.difference.onlyRemote)).toEqual(pairs(lacking));
        expect(pairs(decoder.difference.onlyLocal)).toEqual(pairs(mine.slice(2 * common)));
      }),
    );
  });

  test('needs about 1.4 symbols for each of many differences', () => {
    const all = hashesFrom(11, 12_000);
    const decoder = new DifferenceDecoder(new Sketch(all.slice(0, 20_000)));
    const theirs = new Sketch(all.slice(4_000));
    while (decoder.state === 'incomplete') {
      const start = decoder.symbolCount;
      decoder.receive(theirs.symbols(start, start + 100));
    }
    expect(decoder.difference.onlyRemote).toHaveLength(4_000);
    expect(decoder.symbolCount / 4_000).toBeLessThan(1.5);
  });

  test('never decodes two elements of one hash', () => {
    const twice = Uint32Array.from([1, 2, 1, 2, 3, 4]);
    const decoder = new DifferenceDecoder(new Sketch(Uint32Array.from([3, 4])));
    expect(decoder.receive(new Sketch(twice).symbols(0, 500))).toBe('incomplete');
  });

  test('takes any symbols in bounded time, and finds no more than they can hold', () => {
    const symbol = fc.tuple(
      fc.integer(),
      fc.integer(),
      fc.integer(),
      fc.integer({ min: -3, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(symbol, { maxLength: 50 }), (symbols) => {
        const decoder = new DifferenceDecoder(new Sketch(hashesFrom(2, 20)));
        decoder.receive(Int32Array.from(symbols.flat()));
        const { onlyLocal, onlyRemote } = decoder.difference;
        expect(onlyLocal.length + onlyRemote.length).toBeLessThanOrEqual(2 * symbols.length);
      }),
    );
  });

  test('calls symbols that no set has inconsistent, and takes no more', () => {
    // Symbol 0 is empty, as of equal sets, and others are not.
    const liar = new Sketch(Uint32Array.from([9, 9])).symbols(0, 20).slice();
    liar.fill(0, 0, SYMBOL_WORDS);
    const decoder = new DifferenceDecoder(new Sketch(new Uint32Array(0)));
    expect(decoder.receive(liar)).toBe('inconsistent');
    expect(decoder.receive(liar)).toBe('inconsistent');
    expect(decoder.symbolCount).toBe(20);
  });

  test('gives up on an element that shows itself for ever', () => {
    const element = new Sketch(Uint32Array.from([9, 9])).symbols(0, 1).slice();
    const decoder = new DifferenceDecoder(new Sketch(new Uint32Array(0)));
    const symbols = new Int32Array(40 * SYMBOL_WORDS);
    for (let at = 0; at < symbols.length; at += SYMBOL_WORDS) symbols.set(element, at);
    expect(decoder.receive(symbols)).toBe('inconsistent');
  });

  test('refuses part of a symbol', () => {
    const decoder = new DifferenceDecoder(new Sketch(new Uint32Array(0)));
    expect(() => decoder.receive(new Int32Array(5))).toThrow(
      new RangeError('symbols: expected 4 words each, got 5'),
    );
    expect(decoder.symbolCount).toBe(0);
  });

  test('of equal sets is done with the first symbol', () => {
    const hashes = hashesFrom(8, 100);
    const decoder = new DifferenceDecoder(new Sketch(hashes));
    expect(decoder.state).toBe('incomplete');
    expect(decoder.receive(new Sketch(hashes.slice()).symbols(0, 1))).toBe('decoded');
    expect(decoder.difference).toEqual({ onlyLocal: [], onlyRemote: [] });
  });
});
