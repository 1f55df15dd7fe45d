import { crc32 } from 'node:zlib';

import { frameHeaderBytes, sealBlock, writeFrame, type FrameSink } from '../../src/frame.ts';

/** A frame as a test writes and reads it. */
export interface PlainFrame {
  readonly kind: number;
  readonly protocolNumber: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** One frame as bytes, with its own checksum unless `isSealed` is 0. */
export function frameBytes(frame: PlainFrame, isSealed: 0 | 1 = 1): Uint8Array {
  const { kind, protocolNumber, sequence, payload } = frame;
  const bytes = new Uint8Array(frameHeaderBytes + payload.length);
  writeFrame(bytes, 0, kind, protocolNumber, sequence, payload, isSealed);
  return bytes;
}

/** Frames in a block, sealed. */
export function blockBytes(frames: readonly PlainFrame[]): Uint8Array {
  const block = joined([
    new Uint8Array(frameHeaderBytes),
    ...frames.map((frame) => frameBytes(frame, 0)),
  ]);
  sealBlock(block, crc32);
  return block;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Keeps what it is given, until `isStopped`. */
export class FrameCollector implements FrameSink {
  readonly frames: PlainFrame[] = [];
  /** The buffer each payload lay in when it was given. */
  readonly buffers: ArrayBufferLike[] = [];
  isStopped = false;

  frame(
    kind: number,
    protocolNumber: number,
    sequence: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    this.frames.push({ kind, protocolNumber, sequence, payload: bytes.slice(start, end) });
    this.buffers.push(bytes.buffer);
    return !this.isStopped;
  }
}
