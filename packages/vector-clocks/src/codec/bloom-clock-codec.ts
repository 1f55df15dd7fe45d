import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';

import { BloomClock, type BloomClockShape } from '../bloom-clock.ts';
import { readHead, writeHead } from './head.ts';

/** `clock` as bytes: its shape and its cells, each a varint. */
export function encodeBloomClock(clock: BloomClock): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'bloom clock');
  writer.varint(clock.shape.cellCount);
  writer.varint(clock.shape.hashCount);
  for (const count of clock.cells) writer.varint(count);
  return writer.finish();
}

/**
 * The clock in `bytes`.
 *
 * @param shape - The one that it must have, to be compared with others.
 * @throws DecodeError if they are anything else, or of another shape, in time and memory of their
 *   length.
 */
export function decodeBloomClock(bytes: Uint8Array, shape: BloomClockShape): BloomClock {
  const { cellCount, hashCount } = shape;
  const reader = new ByteReader(bytes);
  readHead(reader, 'bloom clock');
  const claimed = `${reader.varint()}/${reader.varint()}`;
  if (claimed !== `${cellCount}/${hashCount}`) {
    throw new DecodeError(`shape: expected ${cellCount}/${hashCount}, got ${claimed}`);
  }
  if (cellCount > reader.remaining) {
    throw new DecodeError(`cells: expected ${cellCount}, got ${reader.remaining} bytes`);
  }
  const cells = new Uint32Array(cellCount);
  for (let at = 0; at < cellCount; at += 1) {
    const count = reader.varint();
    if (count >= 2 ** 32) throw new DecodeError(`cell: expected below 2^32, got ${count}`);
    cells[at] = count;
  }
  reader.expectEnd();
  return BloomClock.of(shape, cells);
}
