import { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { LamportStamp } from '../lamport-clock.ts';
import { readHead, writeHead } from './head.ts';
import { readDot, writeDot } from './id-fields.ts';

/** `stamp` as bytes: its replica and its time. */
export function encodeLamportStamp({ time, id }: LamportStamp): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'lamport stamp');
  writeDot(writer, { id, counter: time });
  return writer.finish();
}

/**
 * The stamp in `bytes`.
 *
 * @throws DecodeError if they are anything else.
 */
export function decodeLamportStamp(bytes: Uint8Array): LamportStamp {
  const reader = new ByteReader(bytes);
  readHead(reader, 'lamport stamp');
  const { id, counter } = readDot(reader);
  reader.expectEnd();
  return { time: counter, id };
}
