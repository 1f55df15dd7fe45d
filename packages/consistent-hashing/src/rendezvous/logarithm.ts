/*
 * A logarithm that is the same everywhere. The language says of `Math.log` only that it is near, so
 * two engines, or two releases of one, may differ in the last bit; and where two nodes' scores are
 * close, a bit decides who owns a key. But +, -, * and / of doubles are exact by IEEE 754: what is
 * made of these alone, in one order, has the same bits everywhere.
 *
 * An integer x of 32 bits, not 0, is m * 2^e with m in [1, 2). With s = (m - c) / (m + c),
 *
 *     ln m = ln c + 2 (s + s^3/3 + s^5/5 + ...)
 *
 * and with c one of 64 points from 1 to 2, close to m, s is below 1/256, so three terms are exact
 * to 2^-50. Tables of ln c are made by the same series from 1 on, in small steps.
 *
 * Idea: the straw2 buckets of Ceph's CRUSH, which take a table of logarithms for the same reason.
 */

/* eslint-disable @typescript-eslint/no-non-null-assertion -- A cell is in 0..63, by its mask. */

const CELLS = 64;
/** The middle of each cell, and its logarithm. */
const centres = Float64Array.from({ length: CELLS }, (_, cell) => 1 + (cell + 0.5) / CELLS);
const logarithms = logarithmsOf(centres);
/** ln 2, as a double. */
const LN_2 = 0.6931471805599453;

/**
 * The negative logarithm of a hash as a fraction: a draw from the exponential distribution.
 *
 * @param bits - An int32 or a uint32.
 * @param more - 20 further bits, the upper ones of an int32: where `bits` alone is too coarse.
 * @returns At least 0, below 37, the same on every engine.
 */
export function exponential(bits: number, more: number): number {
  // 53 bits, odd: never 0, never 2^53.
  const integer = (bits >>> 0) * 0x20_0000 + (more >>> 12) * 2 + 1;
  const isCoarse = integer >= 0x20_0000;
  const zeros = Math.clz32(isCoarse ? bits : integer);
  const exponent = isCoarse ? zeros + 1 : zeros + 22;
  const mantissa = (integer * powers[zeros]!) / (isCoarse ? 0x10_0000_0000_0000 : 0x8000_0000);
  const cell = ((mantissa - 1) * CELLS) | 0;
  const ratio = (mantissa - centres[cell]!) / (mantissa + centres[cell]!);
  const drawn = exponent * LN_2 - (logarithms[cell]! + series(ratio));
  return drawn < 0 ? 0 : drawn;
}

/** 2 to the power of its index. */
const powers = powersOfTwo(33);

/** By doubling, which is exact: the language promises no more of `**` than of `Math.log`. */
function powersOfTwo(count: number): Float64Array {
  const result = new Float64Array(count).fill(1);
  for (let exponent = 1; exponent < count; exponent += 1) {
    result[exponent] = result[exponent - 1]! * 2;
  }
  return result;
}

/** 2 (s + s^3/3 + s^5/5 + s^7/7): ln((1 + s) / (1 - s)) for a small s. */
function series(s: number): number {
  const square = s * s;
  return 2 * s * (1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7))));
}

function logarithmsOf(points: Float64Array): Float64Array {
  const result = new Float64Array(points.length);
  let before = 1;
  let sum = 0;
  points.forEach((point, index) => {
    sum += series((point - before) / (point + before));
    before = point;
    result[index] = sum;
  });
  return result;
}
