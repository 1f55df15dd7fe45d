/*
 * Where the bytes of a key lie while they are hashed.
 *
 * A string has no bytes until somebody encodes it, and for a key of sixteen letters that costs more
 * than the arithmetic. `TextEncoder` has a fixed cost of tens of nanoseconds and is unbeatable
 * afterwards; `charCodeAt` costs about two a letter from the first. So short ASCII strings are
 * packed by hand, all others are encoded, and both ways leave the same bytes in one buffer, which
 * is made once. Functions then read words from a `DataView`, which is one load instruction,
 * wherever the bytes came from, and little-endian on every machine.
 *
 * Hashing is synchronous and a worker has a module of its own, so one buffer is enough.
 */

/** Up to here letter by letter: where the two ways cost the same. */
const PACKED_UNITS_MAX = 24;

/** A longer string is encoded into an array of its own, so that one key cannot hold memory. */
const SCRATCH_UNITS_MAX = 1_024;

/** UTF-8 has at most three bytes for a unit of UTF-16. */
const BYTES_MAX = 3 * SCRATCH_UNITS_MAX;

/** As many zero bytes follow the key: functions read their last block whole. */
const PADDING_BYTES = 16;

/** Bytes are copied up to here; beyond, a view of their own costs less. */
const COPIED_BYTES_MAX = 256;

const encoder = new TextEncoder();
const bytes = new Uint8Array(BYTES_MAX + PADDING_BYTES);

/** The key at hand, at offset 0, followed by sixteen zero bytes. */
export const scratch: DataView = new DataView(bytes.buffer);

/** Of the last `loadInput`. */
let loadedBytes = 0;

/** What `loadString` and `loadBytes` answer when the key is too long for the scratch. */
export const TOO_LONG = -1;

/** Puts the UTF-8 of `text` into the scratch. Returns its length in bytes, or `TOO_LONG`. */
export function loadString(text: string): number {
  const { length } = text;
  if (length <= PACKED_UNITS_MAX && packAscii(text, length)) return length;
  if (length > SCRATCH_UNITS_MAX) return TOO_LONG;
  const { written } = encoder.encodeInto(text, bytes);
  pad(written);
  return written;
}

/** Puts `source[start..end)` into the scratch. Returns its length, or `TOO_LONG`. */
export function loadBytes(source: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > COPIED_BYTES_MAX) return TOO_LONG;
  for (let at = 0; at < length; at += 1) bytes[at] = source[start + at] ?? 0;
  pad(length);
  return length;
}

/**
 * Sees to it that `view[start..end)`, less than a block of the function at work, lies in the
 * scratch with sixteen zeros behind it. Returns where.
 */
export function tailAt(view: DataView, start: number, end: number): number {
  if (view === scratch) return start;
  loadTail(view, start, end);
  return 0;
}

/** Puts `view[start..end)` at the beginning of the scratch: at most `COPIED_BYTES_MAX`. */
export function loadTail(view: DataView, start: number, end: number): void {
  for (let at = start; at < end; at += 1) bytes[at - start] = view.getUint8(at);
  pad(end - start);
}

/**
 * `input` as words: the scratch, or a view of its own if it is too long. `lengthOf` says how many
 * bytes it has.
 */
export function loadInput(input: string | Uint8Array): DataView {
  const isText = typeof input === 'string';
  loadedBytes = isText ? loadString(input) : loadBytes(input, 0, input.length);
  if (loadedBytes !== TOO_LONG) return scratch;
  const whole = isText ? encode(input) : input;
  return viewOf(whole, 0, whole.length);
}

/** How many bytes `loadInput` found. */
export function lengthOf(view: DataView): number {
  return view === scratch ? loadedBytes : view.byteLength;
}

/** Puts eight bytes into the scratch. */
export function loadHalves(high: number, low: number): void {
  scratch.setInt32(0, low, true);
  scratch.setInt32(4, high, true);
  pad(8);
}

/** The UTF-8 of `text`, in an array of its own. */
export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** `source[start..end)` as words, without a copy. */
export function viewOf(source: Uint8Array, start: number, end: number): DataView {
  return new DataView(source.buffer, source.byteOffset + start, end - start);
}

/** Four letters are one word; the last word is filled up with zeros. False if not all ASCII. */
function packAscii(text: string, length: number): boolean {
  let seen = 0;
  let at = 0;
  for (const whole = length & ~3; at < whole; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    seen |= a | b | c | d;
    scratch.setInt32(at, a | (b << 8) | (c << 16) | (d << 24), true);
  }
  let last = 0;
  for (let index = at; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    seen |= unit;
    last |= unit << (8 * (index - at));
  }
  scratch.setInt32(at, last, true);
  pad(at + 4);
  return seen < 0x80;
}

function pad(length: number): void {
  scratch.setInt32(length, 0, true);
  scratch.setInt32(length + 4, 0, true);
  scratch.setInt32(length + 8, 0, true);
  scratch.setInt32(length + 12, 0, true);
}
