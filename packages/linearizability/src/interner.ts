import { isObject, structuralEquals, structuralHash } from './structural.ts';

/** How an interner tells values apart. */
export interface Identity<Value> {
  /** Whether two values are the same. Default: structural equality. */
  readonly equals?: ((left: Value, right: Value) => boolean) | undefined;
  /** Equal values have equal hashes. Default: a structural hash. */
  readonly hash?: ((value: Value) => number) | undefined;
}

interface Known<Value> {
  readonly value: Value;
  readonly hash: number;
}

/** Many interners never need one. */
const NO_SLOTS = new Int32Array(0);

/** Numbers distinct values from 0 on, in the order in which they are first met. */
export class Interner<Value> {
  readonly #equals: (left: Value, right: Value) => boolean;
  readonly #hash: (value: Value) => number;
  readonly #known: Known<Value>[] = [];
  /** Open addressing: the number of the value plus one, 0 for a free slot. At most half full. */
  #slots = NO_SLOTS;
  /** Texts and the like are found by the engine, many times faster than by any hash of ours. */
  readonly #primitives: Map<unknown, number> | undefined;

  constructor({ equals, hash }: Identity<Value> = {}) {
    this.#equals = equals ?? structuralEquals;
    this.#hash = hash ?? structuralHash;
    this.#primitives = equals === undefined && hash === undefined ? new Map() : undefined;
  }

  /** How many distinct values were met. */
  get size(): number {
    return this.#known.length;
  }

  /** The value with this number, in a box: a value may itself be `undefined`. */
  at(number: number): { readonly value: Value } | undefined {
    return this.#known[number];
  }

  /** The number of `value`. O(1) plus the cost of `hash` and `equals`. */
  numberOf(value: Value): number {
    const primitives = this.#primitivesWith(value);
    if (primitives !== undefined) {
      const known = primitives.get(value);
      if (known !== undefined) return known;
      primitives.set(value, this.#known.length);
      return this.#known.push({ value, hash: 0 }) - 1;
    }
    // Kept within 30 bits, where V8 stores numbers without a box.
    const hash = this.#hash(value) & 0x3fff_ffff;
    if ((this.#known.length + 1) * 2 > this.#slots.length) this.#grow();
    let slot = this.#firstSlot(hash);
    for (;;) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) break;
      const known = this.#known[entry - 1];
      if (known?.hash === hash && this.#equals(known.value, value)) return entry - 1;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    this.#slots[slot] = this.#known.push({ value, hash });
    return this.#known.length - 1;
  }

  /** The table of primitives, if `value` belongs there. */
  #primitivesWith(value: Value): Map<unknown, number> | undefined {
    return isFoundByEngine(value) ? this.#primitives : undefined;
  }

  #grow(): void {
    this.#slots = new Int32Array(Math.max(16, this.#slots.length * 2));
    for (const [number, { value, hash }] of this.#known.entries()) {
      if (this.#primitivesWith(value) !== undefined) continue;
      let slot = this.#firstSlot(hash);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = number + 1;
    }
  }

  #firstSlot(hash: number): number {
    return Math.imul(hash, 0x9e37_79b1) >>> Math.clz32(this.#slots.length - 1);
  }
}

/** A Map tells these apart as `Object.is` does, which it does not for -0 and 0. */
function isFoundByEngine(value: unknown): boolean {
  return typeof value === 'string' || (!Object.is(value, -0) && !isObject(value));
}
