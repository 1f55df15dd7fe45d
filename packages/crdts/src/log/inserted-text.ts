/** Units that `String.fromCharCode` takes at once; far below what a call's arguments may number. */
const SLICE = 4096;
/** Units from which on ASCII is copied at once. */
const LONG = 64;
const encoder = new TextEncoder();

/**
 * All text that was ever inserted, in the order of the events, in one growing array: a unit of
 * UTF-16 takes one byte as long as all of them are below 256, two from then on.
 */
export class InsertedText {
  /** Whether every unit takes one byte; for others to read. */
  isLatin1 = true;
  /** How many units of UTF-16 there are, the offset of the next one; for others to read. */
  length = 0;
  /** The units, with room behind them; for others to read. */
  units: Uint8Array | Uint16Array = new Uint8Array(0);
  /** Whether there may be halves of surrogate pairs; for others to read. */
  hasPairs = false;
  /** Gives the text of the first `#deferredLength` units, as long as nobody asked for any. */
  #load: (() => string) | undefined;
  #deferredLength = 0;

  /** Without text. */
  constructor() {
    // Written a second time at once, or a compiler would take the fields for constants.
    this.units = new Uint8Array(256);
    this.hasPairs = false;
    this.length = 0;
  }

  /**
   * Says that there are `length` units already, which `load` gives when the first of them is read:
   * a file is opened and edited without working out what was typed in which order.
   *
   * @param isLatin1 - Whether all of them are below 256.
   */
  defer(length: number, isLatin1: boolean, load: () => string): void {
    this.isLatin1 = isLatin1;
    if (!isLatin1) this.hasPairs = true;
    this.units = isLatin1 ? new Uint8Array(length + 256) : new Uint16Array(length + 256);
    this.length = length;
    this.#deferredLength = length;
    this.#load = load;
  }

  /** Adds `text` and returns the offset of its first unit. */
  append(text: string): number {
    const offset = this.length;
    this.room(text.length);
    this.length += text.length;
    this.#write(text, offset);
    return offset;
  }

  /** Adds one unit of UTF-16 and returns its offset. */
  appendUnit(unit: number): number {
    const offset = this.length;
    if (offset === this.units.length) this.#reserve(1);
    if (unit > 0xff) this.widen(unit);
    this.units[offset] = unit;
    this.length = offset + 1;
    return offset;
  }

  /** Adds the bytes from `start` to before `end`, each one unit, and returns the first offset. */
  appendLatin1(bytes: Uint8Array, start: number, end: number): number {
    const offset = this.length;
    this.#reserve(end - start);
    const units = this.units;
    // A view of a few bytes takes longer than copying them one by one.
    if (end - start > 64) units.set(bytes.subarray(start, end), offset);
    else for (let at = start; at < end; at += 1) units[offset + at - start] = bytes[at] ?? 0;
    this.length = offset + end - start;
    return offset;
  }

  /** The unit at an offset below `length`. */
  unitAt(offset: number): number {
    if (offset < this.#deferredLength) this.#fetch();
    return this.units[offset] ?? 0;
  }

  /** The text of `count` units from `offset` on. */
  slice(offset: number, count: number): string {
    if (offset < this.#deferredLength) this.#fetch();
    if (count === 1) return String.fromCharCode(this.unitAt(offset));
    let text = '';
    const end = Math.min(offset + count, this.length);
    for (let from = offset; from < end; from += SLICE) {
      const units = this.units.subarray(from, Math.min(from + SLICE, end));
      text += String(Reflect.apply(String.fromCharCode, null, units));
    }
    return text;
  }

  /** The units from `offset` to before `end`, as they are kept: valid until the next change. */
  view(offset: number, end: number): Uint8Array | Uint16Array {
    if (offset < this.#deferredLength) this.#fetch();
    return this.units.subarray(offset, Math.min(end, this.length));
  }

  /** Forgets what is after the first `length` units. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  #fetch(): void {
    const text = this.#load?.() ?? '';
    this.#write(text, 0);
    this.#load = undefined;
    this.#deferredLength = 0;
  }

  #write(text: string, offset: number): void {
    const count = text.length;
    let units = this.units;
    if (count >= LONG && units instanceof Uint8Array) {
      const { read, written } = encoder.encodeInto(text, units.subarray(offset, offset + count));
      if (read === count && written === count) return;
    }
    for (let at = 0; at < count; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit > 0xff) units = this.widen(unit);
      units[offset + at] = unit;
    }
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.units.length) return;
    const size = Math.max(needed, 2 * this.units.length);
    const grown = this.isLatin1 ? new Uint8Array(size) : new Uint16Array(size);
    grown.set(this.units);
    this.units = grown;
  }

  /** The units with room for `count` more. */
  room(count: number): Uint8Array | Uint16Array {
    if (this.length + count > this.units.length) this.#reserve(count);
    return this.units;
  }

  /** The units with room for `unit`, which is above 255, in each of them. */
  widen(unit: number): Uint8Array | Uint16Array {
    if ((unit & 0xf800) === 0xd800) this.hasPairs = true;
    if (!this.isLatin1) return this.units;
    this.units = new Uint16Array(this.units);
    this.isLatin1 = false;
    return this.units;
  }
}
