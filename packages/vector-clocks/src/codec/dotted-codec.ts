import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { DottedVersionVector } from '../dotted-version-vector.ts';
import { covers } from '../version-vector.ts';
import { readClock, writeClock } from './clock-fields.ts';
import { readHead, writeHead } from './head.ts';
import { readDot, writeDot } from './id-fields.ts';

/** The dot and the past of a version, as bytes; its value travels beside them. */
export function encodeDotted({ dot, past }: DottedVersionVector): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'dotted version vector');
  writeDot(writer, dot);
  writeClock(writer, past);
  return writer.finish();
}

/**
 * The dot and the past in `bytes`.
 *
 * @throws DecodeError if they are anything else, such as a version that is in its own past.
 */
export function decodeDotted(bytes: Uint8Array): DottedVersionVector {
  const reader = new ByteReader(bytes);
  readHead(reader, 'dotted version vector');
  const dot = readDot(reader);
  const past = readClock(reader);
  reader.expectEnd();
  if (covers(past, dot)) {
    throw new DecodeError('past: expected one without the dot, got one with it');
  }
  return { dot, past };
}
