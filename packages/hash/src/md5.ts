/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds; `?? 0` in place of `!` would cost a test for each of them. */

/*
 * MD5, because ketama cuts the points of its ring out of it. Broken as a cryptographic hash since
 * 2004: who likes can make two inputs with one digest. Never use it against an adversary.
 *
 * The input, a bit 1, zeros and the length in bits fill blocks of 64 bytes. A block changes four
 * words in 64 steps, sixteen in each of four rounds, which differ in their function of three words,
 * in their rotations and in the order in which they read the block:
 *
 *   a = b + rotl(a + f(b, c, d) + word + constant, turn);   then the four words change places
 *
 * A key of up to 55 bytes is one block. It is hashed where it lies, which takes less time than a
 * call of the machine's MD5 needs to begin.
 *
 * Source: RFC 1321.
 */
import { lengthOf, loadInput, loadTail, scratch } from './scratch.ts';

/** RFC 1321 §3.4: 2^32 * abs(sin(i)), cut, for i from 1. Literals, since sines vary. */
const constants = Int32Array.of(
  0xd76aa478,
  0xe8c7b756,
  0x242070db,
  0xc1bdceee,
  0xf57c0faf,
  0x4787c62a,
  0xa8304613,
  0xfd469501,
  0x698098d8,
  0x8b44f7af,
  0xffff5bb1,
  0x895cd7be,
  0x6b901122,
  0xfd987193,
  0xa679438e,
  0x49b40821,
  0xf61e2562,
  0xc040b340,
  0x265e5a51,
  0xe9b6c7aa,
  0xd62f105d,
  0x02441453,
  0xd8a1e681,
  0xe7d3fbc8,
  0x21e1cde6,
  0xc33707d6,
  0xf4d50d87,
  0x455a14ed,
  0xa9e3e905,
  0xfcefa3f8,
  0x676f02d9,
  0x8d2a4c8a,
  0xfffa3942,
  0x8771f681,
  0x6d9d6122,
  0xfde5380c,
  0xa4beea44,
  0x4bdecfa9,
  0xf6bb4b60,
  0xbebfbc70,
  0x289b7ec6,
  0xeaa127fa,
  0xd4ef3085,
  0x04881d05,
  0xd9d4d039,
  0xe6db99e5,
  0x1fa27cf8,
  0xc4ac5665,
  0xf4292244,
  0x432aff97,
  0xab9423a7,
  0xfc93a039,
  0x655b59c3,
  0x8f0ccc92,
  0xffeff47d,
  0x85845dd1,
  0x6fa87e4f,
  0xfe2ce6e0,
  0xa3014314,
  0x4e0811a1,
  0xf7537e82,
  0xbd3af235,
  0x2ad7d2bb,
  0xeb86d391,
);

const BLOCK_BYTES = 64;

/** Where the last block says how long the input is. */
const LENGTH_AT = 56;

/** The four words of the state. */
const state = new Int32Array(4);

/**
 * MD5, as the four words of its digest: the digest is their bytes, each little-endian.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 *
 * @remarks
 * For ketama and its like, never for safety: collisions are made at will.
 *
 * @example
 * ```ts
 * md5('')[0]; // => 0xd98c1dd4, of d41d8cd98f00b204e9800998ecf8427e
 * ```
 */
export function md5(
  input: string | Uint8Array,
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  const view = loadInput(input);
  const length = lengthOf(view);
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  let at = 0;
  for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) takeBlock(view, at);
  if (view !== scratch || at > 0) loadTail(view, at, length);
  takeRest(length - at, length);
  out[0] = state[0];
  out[1] = state[1];
  out[2] = state[2];
  out[3] = state[3];
  return out;
}

/** The rest lies in the scratch, with zeros behind it, and gets a bit 1 and the length. */
function takeRest(rest: number, length: number): void {
  scratch.setUint8(rest, 0x80);
  const size = rest < LENGTH_AT ? BLOCK_BYTES : 2 * BLOCK_BYTES;
  for (let at = (rest | 3) + 1; at < size; at += 4) scratch.setInt32(at, 0, true);
  scratch.setInt32(size - 8, length << 3, true);
  scratch.setInt32(size - 4, length / 2 ** 29, true);
  takeBlock(scratch, 0);
  if (size > BLOCK_BYTES) takeBlock(scratch, BLOCK_BYTES);
}

function takeBlock(view: DataView, at: number): void {
  const a = state[0]!;
  const b = state[1]!;
  const c = state[2]!;
  const d = state[3]!;
  firstRound(view, at);
  secondRound(view, at);
  thirdRound(view, at);
  fourthRound(view, at);
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}

function firstRound(view: DataView, at: number): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  for (let i = 0; i < 16; i += 4) {
    const word = at + 4 * i;
    a = turn(a + (d ^ (b & (c ^ d))) + view.getInt32(word, true) + constants[i]!, 7, b);
    d = turn(d + (c ^ (a & (b ^ c))) + view.getInt32(word + 4, true) + constants[i + 1]!, 12, a);
    c = turn(c + (b ^ (d & (a ^ b))) + view.getInt32(word + 8, true) + constants[i + 2]!, 17, d);
    b = turn(b + (a ^ (c & (d ^ a))) + view.getInt32(word + 12, true) + constants[i + 3]!, 22, c);
  }
  setState(a, b, c, d);
}

function secondRound(view: DataView, at: number): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  for (let i = 16; i < 32; i += 4) {
    a = turn(a + (c ^ (d & (b ^ c))) + wordAt(view, at, 5 * i + 1) + constants[i]!, 5, b);
    d = turn(d + (b ^ (c & (a ^ b))) + wordAt(view, at, 5 * i + 6) + constants[i + 1]!, 9, a);
    c = turn(c + (a ^ (b & (d ^ a))) + wordAt(view, at, 5 * i + 11) + constants[i + 2]!, 14, d);
    b = turn(b + (d ^ (a & (c ^ d))) + wordAt(view, at, 5 * i + 16) + constants[i + 3]!, 20, c);
  }
  setState(a, b, c, d);
}

function thirdRound(view: DataView, at: number): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  for (let i = 32; i < 48; i += 4) {
    a = turn(a + (b ^ c ^ d) + wordAt(view, at, 3 * i + 5) + constants[i]!, 4, b);
    d = turn(d + (a ^ b ^ c) + wordAt(view, at, 3 * i + 8) + constants[i + 1]!, 11, a);
    c = turn(c + (d ^ a ^ b) + wordAt(view, at, 3 * i + 11) + constants[i + 2]!, 16, d);
    b = turn(b + (c ^ d ^ a) + wordAt(view, at, 3 * i + 14) + constants[i + 3]!, 23, c);
  }
  setState(a, b, c, d);
}

function fourthRound(view: DataView, at: number): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  for (let i = 48; i < 64; i += 4) {
    a = turn(a + (c ^ (b | ~d)) + wordAt(view, at, 7 * i) + constants[i]!, 6, b);
    d = turn(d + (b ^ (a | ~c)) + wordAt(view, at, 7 * i + 7) + constants[i + 1]!, 10, a);
    c = turn(c + (a ^ (d | ~b)) + wordAt(view, at, 7 * i + 14) + constants[i + 2]!, 15, d);
    b = turn(b + (d ^ (c | ~a)) + wordAt(view, at, 7 * i + 21) + constants[i + 3]!, 21, c);
  }
  setState(a, b, c, d);
}

function wordAt(view: DataView, at: number, index: number): number {
  return view.getInt32(at + ((index & 15) << 2), true);
}

function turn(sum: number, bits: number, addend: number): number {
  return (((sum << bits) | (sum >>> (32 - bits))) + addend) | 0;
}

function setState(a: number, b: number, c: number, d: number): void {
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}
