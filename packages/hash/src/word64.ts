import { carryOf, multiplyHigh, productHigh } from './multiply.ts';

/**
 * A register of 64 bits: two words of 32, each an int32.
 *
 * @remarks
 * Functions keep a few of them, made once, and compute in place: nothing is allocated, and nothing
 * but int32 is passed. Each operation returns the register, so that a formula reads as a chain.
 */
export class Word64 {
  high = 0;
  low = 0;

  set(high: number, low: number): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }

  /** Eight bytes, little-endian. */
  load(view: DataView, at: number): this {
    this.low = view.getInt32(at, true);
    this.high = view.getInt32(at + 4, true);
    return this;
  }

  add(high: number, low: number): this {
    const sum = (this.low + low) | 0;
    this.high = (this.high + high + carryOf(sum, low)) | 0;
    this.low = sum;
    return this;
  }

  subtract(high: number, low: number): this {
    const borrow = this.low >>> 0 < low >>> 0 ? 1 : 0;
    this.high = (this.high - high - borrow) | 0;
    this.low = (this.low - low) | 0;
    return this;
  }

  xor(high: number, low: number): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  /** Bits 0..63 of the product. */
  multiply(high: number, low: number): this {
    this.high = productHigh(this.high, this.low, high, low);
    this.low = Math.imul(this.low, low);
    return this;
  }

  /** @param bits - 1..31 or 33..63. */
  rotateLeft(bits: number): this {
    const { high, low } = this;
    const isSwapped = bits > 32;
    const first = isSwapped ? low : high;
    const second = isSwapped ? high : low;
    // Shifts take their count modulo 32.
    this.high = (first << bits) | (second >>> -bits);
    this.low = (second << bits) | (first >>> -bits);
    return this;
  }

  /** `word ^= word >>> bits`; `bits` in 1..63. */
  xorShiftRight(bits: number): this {
    if (bits >= 32) {
      this.low ^= this.high >>> (bits - 32);
      return this;
    }
    this.low ^= (this.low >>> bits) | (this.high << -bits);
    this.high ^= this.high >>> bits;
    return this;
  }

  /** The product of 128 bits: this register takes bits 0..63, `other` bits 64..127. */
  multiplyWide(other: Word64): void {
    const { high: aHigh, low: aLow } = this;
    const { high: bHigh, low: bLow } = other;
    const mixed = Math.imul(aHigh, bLow);
    const otherMixed = Math.imul(aLow, bHigh);
    const second = (multiplyHigh(aLow, bLow) + mixed) | 0;
    const secondHigh = (second + otherMixed) | 0;
    const carry = carryOf(second, mixed) + carryOf(secondHigh, otherMixed);
    this.low = Math.imul(aLow, bLow);
    this.high = secondHigh;
    other.set(multiplyHigh(aHigh, bHigh), Math.imul(aHigh, bHigh));
    other.add(0, multiplyHigh(aHigh, bLow)).add(0, multiplyHigh(aLow, bHigh)).add(0, carry);
  }

  /** Both halves of that product, combined by exclusive or. `other` is spent. */
  foldWith(other: Word64): this {
    this.multiplyWide(other);
    return this.xor(other.high, other.low);
  }
}
