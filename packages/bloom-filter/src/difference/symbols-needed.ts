/**
 * How many symbols to ask for next.
 *
 * A difference of `d` elements is decoded after about 1.35 d symbols if it is large, and up to 2 d
 * if it is small. While the symbols are too few, how many of them are empty tells `d`: symbol `i`
 * is empty with probability (1 − 1/(1 + i/2))^d. So few symbols are asked for in vain, and few
 * rounds are made.
 */
import { SYMBOL_WORDS } from './sketch.ts';

/** Symbols for each element of a difference, with some to spare: the next round costs more. */
const SYMBOLS_PER_ELEMENT = 1.5;

/** No round asks for more than this many times what there is: the guess may be far off. */
const GROWTH_MAX = 4;

/** Where so few empty symbols are expected it is no surprise, in nine of ten cases, to see none. */
const NONE_IS_LIKELY = 0.1;

/**
 * How many elements differ, by the share of symbols that are empty.
 *
 * @param symbols - Of the difference. What was found and taken out of them is not counted.
 * @returns A guess that is never less than half the symbols. If none of the last half is empty it
 *   is the least number that makes that likely: there may be any number more.
 */
export function guessDifference(symbols: Int32Array): number {
  const end = symbols.length / SYMBOL_WORDS;
  const start = Math.floor(end / 2);
  let emptyCount = 0;
  for (let index = start; index < end; index += 1) {
    const at = index * SYMBOL_WORDS;
    if (((symbols[at] ?? 0) | (symbols[at + 1] ?? 0) | (symbols[at + 3] ?? 0)) === 0)
      emptyCount += 1;
  }
  const observed = Math.max(emptyCount, NONE_IS_LIKELY);
  let guess = 1;
  while (expectedEmpty(2 * guess, start, end) > observed) guess *= 2;
  for (let step = guess / 2; step >= 1; step /= 2) {
    if (expectedEmpty(guess + step, start, end) > observed) guess += step;
  }
  return Math.max(guess, start);
}

/** How many symbols to have in all for the next attempt, after `symbolCount` did not do. */
export function symbolsToHave(symbolCount: number, guess: number): number {
  const wanted = Math.ceil(guess * SYMBOLS_PER_ELEMENT);
  const least = Math.ceil(symbolCount * 1.25);
  return Math.min(Math.max(wanted, least), symbolCount * GROWTH_MAX);
}

function expectedEmpty(elementCount: number, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) {
    sum += power(1 - 1 / (1 + index / 2), elementCount);
  }
  return sum;
}

/** By squaring, which is exact in every engine alike, unlike `**`. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left >= 1; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
