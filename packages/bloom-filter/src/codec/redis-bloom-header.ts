/*
 * The header of RedisBloom's dump: the first chunk that `BF.SCANDUMP` gives and `BF.LOADCHUNK`
 * takes.
 *
 * It says how many keys a filter holds, how large its layers are and for which rates they were
 * made, which no command tells so exactly. The tables follow in chunks of their own. Packed,
 * little-endian:
 *
 *   header, 20 bytes   u64 items, u32 layers, u32 options, u32 growth
 *   layer, 53 bytes    u64 bytes, u64 bits, u64 items, f64 rate, f64 bits for each item,
 *                      u32 hashes, u64 capacity, u8 log2 of the bits if they are a power of two
 *
 * Layers are counted against the length of the chunk before anything is allocated.
 */
import { DecodeError } from '@quorate/transport/codec';

const HEADER_BYTES = 20;
const LAYER_BYTES = 53;

/** One filter of a chain that grows. */
export interface RedisBloomLayer {
  /** Length of its table, in bytes. */
  readonly sizeBytes: number;
  /** m, the bits of it that are used. */
  readonly bitCount: number;
  /** Keys that were added to this layer. */
  readonly itemCount: number;
  /** The rate it was made for, above 0 and below 1. */
  readonly falsePositiveRate: number;
  /** Bits for each key that it was made for. */
  readonly bitsPerItem: number;
  /** k, at least 1. */
  readonly hashCount: number;
  /** Keys it was made for; the next layer begins when they are there. */
  readonly capacity: number;
  /** n of a table of 2^n bits; 0 if the bits were not rounded to a power of two. */
  readonly log2BitCount: number;
}

/** What the first chunk of a dump says. */
export interface RedisBloomHeader {
  /** Keys in all layers. */
  readonly itemCount: number;
  /** Flags of the chain, as they are. */
  readonly options: number;
  /** How many times larger the next layer is. */
  readonly growth: number;
  /** At least one. */
  readonly layers: readonly RedisBloomLayer[];
}

/**
 * Reads the first chunk of a dump.
 *
 * @throws DecodeError if it is anything else, or says what no filter can be.
 */
export function decodeRedisBloomHeader(bytes: Uint8Array): RedisBloomHeader {
  if (bytes.length < HEADER_BYTES + LAYER_BYTES) {
    throw new DecodeError(`header: expected at least 73 bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const layerCount = view.getUint32(8, true);
  if (HEADER_BYTES + LAYER_BYTES * layerCount !== bytes.length) {
    throw new DecodeError(`layers: expected those of ${bytes.length} bytes, got ${layerCount}`);
  }
  return {
    itemCount: readU64(view, 0),
    options: view.getUint32(12, true),
    growth: view.getUint32(16, true),
    layers: Array.from({ length: layerCount }, (_, index) =>
      checkedLayer(readLayer(view, HEADER_BYTES + LAYER_BYTES * index)),
    ),
  };
}

/**
 * The first chunk of a dump, as `BF.LOADCHUNK` takes it.
 *
 * @throws RangeError if there is no layer, or a number does not fit its field.
 */
export function encodeRedisBloomHeader(header: RedisBloomHeader): Uint8Array {
  const { layers } = header;
  if (layers.length === 0) throw new RangeError('layers: expected at least 1, got 0');
  const bytes = new Uint8Array(HEADER_BYTES + LAYER_BYTES * layers.length);
  const view = new DataView(bytes.buffer);
  writeU64(view, 0, header.itemCount);
  writeU32(view, 8, layers.length);
  writeU32(view, 12, header.options);
  writeU32(view, 16, header.growth);
  layers.forEach((layer, index) => writeLayer(view, HEADER_BYTES + LAYER_BYTES * index, layer));
  return bytes;
}

function readLayer(view: DataView, at: number): RedisBloomLayer {
  return {
    sizeBytes: readU64(view, at),
    bitCount: readU64(view, at + 8),
    itemCount: readU64(view, at + 16),
    falsePositiveRate: view.getFloat64(at + 24, true),
    bitsPerItem: view.getFloat64(at + 32, true),
    hashCount: view.getUint32(at + 40, true),
    capacity: readU64(view, at + 44),
    log2BitCount: view.getUint8(at + 52),
  };
}

function writeLayer(view: DataView, at: number, layer: RedisBloomLayer): void {
  writeU64(view, at, layer.sizeBytes);
  writeU64(view, at + 8, layer.bitCount);
  writeU64(view, at + 16, layer.itemCount);
  view.setFloat64(at + 24, layer.falsePositiveRate, true);
  view.setFloat64(at + 32, layer.bitsPerItem, true);
  writeU32(view, at + 40, layer.hashCount);
  writeU64(view, at + 44, layer.capacity);
  if ((layer.log2BitCount & 0xff) !== layer.log2BitCount) {
    throw new RangeError(`log2BitCount: expected an integer in 0..255, got ${layer.log2BitCount}`);
  }
  view.setUint8(at + 52, layer.log2BitCount);
}

function checkedLayer(layer: RedisBloomLayer): RedisBloomLayer {
  const { sizeBytes, bitCount, falsePositiveRate, hashCount, log2BitCount } = layer;
  if (bitCount < 1 || bitCount > 8 * sizeBytes) {
    throw new DecodeError(`bits: expected 1..${8 * sizeBytes}, got ${bitCount}`);
  }
  if (!(falsePositiveRate > 0 && falsePositiveRate < 1)) {
    throw new DecodeError(`rate: expected one above 0 and below 1, got ${falsePositiveRate}`);
  }
  if (!(layer.bitsPerItem > 0 && layer.bitsPerItem < Infinity)) {
    throw new DecodeError(`bits for each item: expected more than 0, got ${layer.bitsPerItem}`);
  }
  if (hashCount < 1 || hashCount > 255) {
    throw new DecodeError(`hashes: expected 1..255, got ${hashCount}`);
  }
  if (log2BitCount !== 0 && 2 ** log2BitCount !== bitCount) {
    throw new DecodeError(`log2 of ${bitCount} bits: expected that or 0, got ${log2BitCount}`);
  }
  return layer;
}

function readU64(view: DataView, at: number): number {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (Number.isSafeInteger(value)) return value;
  throw new DecodeError(`u64: expected at most 2^53-1, got ${value}`);
}

function writeU64(view: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`u64: expected an integer in 0..2^53-1, got ${value}`);
  }
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

function writeU32(view: DataView, at: number, value: number): void {
  if (value >>> 0 !== value) {
    throw new RangeError(`u32: expected an integer in 0..2^32-1, got ${value}`);
  }
  view.setUint32(at, value, true);
}
