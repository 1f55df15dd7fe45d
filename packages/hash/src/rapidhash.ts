/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds. */

/*
 * rapidhash V3, the successor of wyhash: the whole work is one operation, a product of 64 by 64
 * bits whose halves are combined by exclusive or. In C it is the fastest function here; JavaScript
 * has to make that product of sixteen small ones.
 *
 *   up to 16 bytes:   first and last eight bytes, which may overlap, multiplied with the seed
 *   up to 112:        16 bytes a step into one seed
 *   beyond:           112 bytes a step into seven seeds, which are joined at the end
 *
 * It is not proven that a product is harmless: whoever hits a factor of zero erases the other one.
 * The secrets are there so that ordinary keys do not.
 *
 * Source: Nicolas De Carli, rapidhash V3, README and header of its repository (MIT); Wang Yi et
 * al., "Modern non-cryptographic hash function and pseudorandom number generator" (wyhash).
 */
import { lengthOf, loadInput } from './scratch.ts';
import { seedWords, type HashSeed } from './seed.ts';
import { Word64 } from './word64.ts';

/** Secrets 0..7 of the reference program: high half, low half, high half, … */
const secrets = Int32Array.of(
  0x2d358dcc,
  0xaa6c78a5,
  0x8bb84b93,
  0x962eacc9,
  0x4b33a62e,
  0xd433d4a3,
  0x4d5a2da5,
  0x1de1aa47,
  0xa0761d64,
  0x78bd642f,
  0xe7037ed1,
  0xa0b428db,
  0x90ed1765,
  0x281c388c,
  0xaaaaaaaa,
  0xaaaaaaaa,
);

const LANES = 7;
const STRIPE_BYTES = 16 * LANES;

/** Which secret takes which sixteen of the bytes after the last stripe. */
const restSecrets: readonly number[] = [2, 2, 1, 1, 2, 1];

const lanes: readonly Word64[] = Array.from({ length: LANES }, () => new Word64());
const a = new Word64();
const b = new Word64();

/**
 * rapidhash V3, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param seed - 64 bits.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 * @throws RangeError if the seed does not fit 64 bits.
 *
 * @example
 * ```ts
 * rapidhash('')[1]; // => 0x0338dc4b
 * ```
 */
export function rapidhash(
  input: string | Uint8Array,
  seed: HashSeed = 0,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  const [seedLow = 0, seedHigh = 0] = seedWords(seed, 8);
  const view = loadInput(input);
  const length = lengthOf(view);
  const state = lanes[0]!;
  // seed ^= mix(seed ^ secret 2, secret 1)
  a.set(seedHigh, seedLow);
  xorSecret(a, 2);
  a.foldWith(xorSecret(b.set(0, 0), 1));
  state.set(seedHigh, seedLow).xor(a.high, a.low);
  const rest = length <= 16 ? takeShort(view, length) : takeLong(view, length);
  xorSecret(a, 1);
  b.xor(state.high, state.low);
  a.multiplyWide(b);
  xorSecret(a, 7);
  xorSecret(b, 1).xor(0, rest);
  a.foldWith(b);
  out[0] = a.low;
  out[1] = a.high;
  return out;
}

function xorSecret(word: Word64, index: number): Word64 {
  return word.xor(secrets[2 * index]!, secrets[2 * index + 1]!);
}

/** Leaves the whole input in `a` and `b`. */
function takeShort(view: DataView, length: number): number {
  if (length >= 4) lanes[0]!.xor(0, length);
  if (length >= 8) {
    a.load(view, 0);
    b.load(view, length - 8);
  } else if (length >= 4) {
    a.set(0, view.getInt32(0, true));
    b.set(0, view.getInt32(length - 4, true));
  } else if (length > 0) {
    // The first byte, shifted by 45.
    a.set(view.getUint8(0) << 13, view.getUint8(length - 1));
    b.set(0, view.getUint8(length >>> 1));
  } else {
    a.set(0, 0);
    b.set(0, 0);
  }
  return length;
}

/** Leaves the last sixteen bytes in `a` and `b`, all others in the first lane. */
function takeLong(view: DataView, length: number): number {
  const state = lanes[0]!;
  let at = 0;
  if (length > STRIPE_BYTES) {
    for (const lane of lanes) lane.set(state.high, state.low);
    for (; length - at > STRIPE_BYTES; at += STRIPE_BYTES) {
      for (let lane = 0; lane < LANES; lane += 1)
        takeInto(lanes[lane]!, view, at + 16 * lane, lane);
    }
    for (let lane = 1; lane < LANES; lane += 1) state.xor(lanes[lane]!.high, lanes[lane]!.low);
  }
  const rest = length - at;
  for (let step = 0; 16 * (step + 1) < rest; step += 1) {
    takeInto(state, view, at + 16 * step, restSecrets[step]!);
  }
  a.load(view, length - 16).xor(0, rest);
  b.load(view, length - 8);
  return rest;
}

/** lane = mix(eight bytes ^ secret, the next eight ^ lane) */
function takeInto(lane: Word64, view: DataView, at: number, secret: number): void {
  a.load(view, at + 8).xor(lane.high, lane.low);
  xorSecret(lane.load(view, at), secret).foldWith(a);
}
