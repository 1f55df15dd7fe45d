import { CorruptBytesError } from '../errors.ts';

/** Begins compressed bytes, and no file, text or update. */
const MAGIC = [0x51, 0xba, 0x43, 0x7a];

/** What a few compressed bytes may become, unless it is said otherwise. */
const SIZE_MAX_BYTES = 256 * 1_024 * 1_024;

/** How much to accept. */
export interface DecompressOptions {
  /** The most bytes that may come out; 256 MiB if it is left out. More is an attack, or damage. */
  readonly maxSizeBytes?: number;
}

/**
 * `bytes` in a third of their size or so, by the deflate that every browser and Node.js have.
 *
 * @param bytes - A saved document, or a batch of updates. Single keystrokes do not get smaller.
 *
 * @example
 * ```ts
 * import { TextDocument } from '@quorate/crdts/text';
 * import { compress, decompress } from '@quorate/crdts/compression';
 *
 * const ann = new TextDocument({ replicaId: 'ann' });
 * ann.insert(0, 'Hello');
 * const small = await compress(ann.save());
 * const later = TextDocument.load(await decompress(small), { replicaId: 'ann-2' });
 * later.toString(); // => 'Hello'
 * ```
 */
export async function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new CompressionStream('deflate-raw'), MAGIC, Infinity);
}

/**
 * What `compress` was given.
 *
 * @throws CorruptBytesError if `bytes` are not from `compress`, are damaged in a way that shows
 *   here, or become larger than `maxSizeBytes`. What a saved document holds has checksums of its
 *   own.
 */
export async function decompress(
  bytes: Uint8Array,
  { maxSizeBytes = SIZE_MAX_BYTES }: DecompressOptions = {},
): Promise<Uint8Array> {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw new CorruptBytesError('bytes: expected compressed ones, got others');
  }
  const content = bytes.subarray(MAGIC.length);
  try {
    return await through(content, new DecompressionStream('deflate-raw'), [], maxSizeBytes);
  } catch (error) {
    if (error instanceof CorruptBytesError) throw error;
    throw new CorruptBytesError('bytes: expected deflated ones, got damaged ones', {
      cause: error,
    });
  }
}

/** All that comes out of `stream`, behind `head`. */
async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  head: readonly number[],
  maxSizeBytes: number,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  const writing = writer.write(new Uint8Array(bytes)).then(() => writer.close());
  // A stream that fails rejects here and where it is read; only the second is told.
  writing.catch(() => undefined);
  const parts: Uint8Array[] = [Uint8Array.from(head)];
  let sizeBytes = head.length;
  const reader = stream.readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const part: Uint8Array = next.value;
    parts.push(part);
    sizeBytes += part.length;
    if (sizeBytes - head.length > maxSizeBytes) {
      await reader.cancel();
      throw new CorruptBytesError(`bytes: expected at most ${maxSizeBytes} of them, got more`);
    }
  }
  await writing;
  const result = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
