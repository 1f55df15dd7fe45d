import { crc32 } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { crc32c } from '../src/crc32c.ts';
import { blockBytesMax, FrameDecoder, frameHeaderBytes, frameKinds } from '../src/frame.ts';
import type { DecoderTerms } from '../src/frame.ts';
import { blockBytes, frameBytes, FrameCollector, joined } from './support/frames.ts';
import type { PlainFrame } from './support/frames.ts';

const byFrame: DecoderTerms = { payloadBytesMax: 1_000, sealing: 'frame', crc32: undefined };
const byBlock: DecoderTerms = { payloadBytesMax: 1_000, sealing: 'block', crc32 };
const byCarrier: DecoderTerms = { payloadBytesMax: 1_000, sealing: 'none', crc32: undefined };

function numbered(sequence: number, sizeBytes: number): PlainFrame {
  const payload = Uint8Array.from({ length: sizeBytes }, (_, index) => index * 7 + sequence);
  return { kind: frameKinds.data, protocolNumber: sequence & 0xffff, sequence, payload };
}

function decoder(terms?: DecoderTerms): readonly [FrameDecoder, FrameCollector] {
  const sink = new FrameCollector();
  const result = new FrameDecoder(sink, 1_000);
  if (terms) result.relax(terms);
  return [result, sink];
}

describe('a frame on the wire', () => {
  test('is laid out as the head of the file draws it', () => {
    const bytes = frameBytes({
      kind: 0x83,
      protocolNumber: 0x0102,
      sequence: 0x0a0b0c0d,
      payload: Uint8Array.of(0xff, 0xfe),
    });
    const sum = crc32c(bytes, 4);
    expect([...bytes.subarray(0, 4)]).toEqual([
      sum >>> 24,
      (sum >>> 16) & 0xff,
      (sum >>> 8) & 0xff,
      sum & 0xff,
    ]);
    expect([...bytes.subarray(4)]).toEqual([
      ...[1, 0x83, 1, 2],
      ...[0, 0, 0, 2],
      ...[0x0a, 0x0b, 0x0c, 0x0d],
      ...[0xff, 0xfe],
    ]);
  });

  test('comes out as it went in, at the ends of every range', () => {
    const [reader, sink] = decoder();
    const frames = [
      { kind: 0, protocolNumber: 0, sequence: 0, payload: new Uint8Array(0) },
      { kind: 0xff, protocolNumber: 0xffff, sequence: 2 ** 32 - 1, payload: new Uint8Array(1_000) },
    ];
    expect(reader.push(joined(frames.map((frame) => frameBytes(frame))))).toBeUndefined();
    expect(sink.frames).toEqual(frames);
  });
});

describe.each([
  [
    'frame',
    byFrame,
    (frames: readonly PlainFrame[]) => joined(frames.map((one) => frameBytes(one))),
  ],
  ['block', byBlock, blockBytes],
  [
    'none',
    byCarrier,
    (frames: readonly PlainFrame[]) => joined(frames.map((one) => frameBytes(one, 0))),
  ],
] as const)('sealed by %s, a stream', (_sealing, terms, encode) => {
  test('may be split at any byte', () => {
    const frames = [numbered(0, 0), numbered(1, 1), numbered(2, 40), numbered(3, 0)];
    const bytes = joined([encode(frames.slice(0, 2)), encode(frames.slice(2))]);
    for (let split = 0; split <= bytes.length; split += 1) {
      const [reader, sink] = decoder(terms);
      expect(reader.push(bytes.slice(0, split))).toBeUndefined();
      expect(reader.push(bytes.slice(split))).toBeUndefined();
      expect(sink.frames).toEqual(frames);
    }
  });

  test('may come byte by byte', () => {
    const frames = [numbered(0, 17), numbered(1, 0), numbered(2, 300)];
    const [reader, sink] = decoder(terms);
    for (const byte of encode(frames)) expect(reader.push(Uint8Array.of(byte))).toBeUndefined();
    expect(sink.frames).toEqual(frames);
  });

  test('may hold a thousand frames in one chunk, and none of them is copied', () => {
    const frames = Array.from({ length: 1_000 }, (_, index) => numbered(index, index % 60));
    const [reader, sink] = decoder(terms);
    const chunk = encode(frames);
    expect(chunk.length).toBeLessThan(blockBytesMax);
    expect(reader.push(chunk)).toBeUndefined();
    expect(sink.frames).toEqual(frames);
    expect(new Set(sink.buffers)).toEqual(new Set([chunk.buffer]));
    expect(reader.heldBytes).toBe(0);
  });

  test('takes the largest payload and refuses one byte more', () => {
    const [reader, sink] = decoder(terms);
    expect(reader.push(encode([numbered(0, 1_000)]))).toBeUndefined();
    expect(sink.frames).toHaveLength(1);
    const [other, nothing] = decoder(terms);
    expect(other.push(encode([numbered(0, 1_001)]))).toBe('length');
    expect(nothing.frames).toEqual([]);
  });

  test('ends where the sink says stop', () => {
    const [reader, sink] = decoder(terms);
    sink.isStopped = true;
    expect(reader.push(encode([numbered(0, 5), numbered(1, 5)]))).toBeUndefined();
    expect(sink.frames).toEqual([numbered(0, 5)]);
  });

  test('steps over frames of a version it does not know', () => {
    const [reader, sink] = decoder(terms);
    const alien = frameBytes(numbered(1, 20), 0);
    alien[4] = 9;
    const sum = crc32c(alien, 4);
    if (terms.sealing === 'frame') new DataView(alien.buffer).setUint32(0, sum);
    const native = crc32(alien.subarray(4));
    if (terms.sealing === 'block') new DataView(alien.buffer).setUint32(0, native);
    const stream = joined([encode([numbered(0, 3)]), alien, encode([numbered(2, 3)])]);
    expect(reader.push(stream)).toBeUndefined();
    expect(sink.frames).toEqual([numbered(0, 3), numbered(2, 3)]);
    expect(reader.unknownVersionCount).toBe(1);
  });
});

describe('damage', () => {
  test.each([
    ['frame', byFrame, joined([0, 1, 2].map((index) => frameBytes(numbered(index, 30))))],
    ['block', byBlock, blockBytes([0, 1, 2].map((index) => numbered(index, 30)))],
  ] as const)('of any one bit is found when sealed by %s', (_sealing, terms, bytes) => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >>> 3] = (damaged[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      const [reader, sink] = decoder(terms);
      const fault = reader.push(damaged);
      // A length that grew within the limit makes the frame wait for bytes that do not come.
      const isWaiting = fault === undefined && reader.heldBytes > 0;
      expect(fault !== undefined || isWaiting).toBe(true);
      expect(sink.frames.length).toBeLessThan(3);
      for (const [index, frame] of sink.frames.entries())
        expect(frame).toEqual(numbered(index, 30));
    }
  });

  test('inside a block is never delivered in part', () => {
    const block = blockBytes([numbered(0, 30), numbered(1, 30)]);
    block[block.length - 1] = (block[block.length - 1] ?? 0) ^ 1;
    const [reader, sink] = decoder(byBlock);
    expect(reader.push(block)).toBe('checksum');
    expect(sink.frames).toEqual([]);
  });

  test('a frame outside any block is refused where blocks are agreed on', () => {
    const [reader] = decoder(byBlock);
    const bare = frameBytes(numbered(0, 3), 0);
    new DataView(bare.buffer).setUint32(0, crc32(bare.subarray(4)));
    expect(reader.push(bare)).toBe('checksum');
  });

  test('a block whose frames do not fill it exactly is refused', () => {
    for (const cut of [1, 15, 16, 17]) {
      const frames = joined([0, 1].map((index) => frameBytes(numbered(index, 30), 0)));
      const block = joined([new Uint8Array(frameHeaderBytes), frames.slice(0, -cut)]);
      block.set([1, frameKinds.block], 4);
      const view = new DataView(block.buffer);
      view.setUint32(8, block.length - frameHeaderBytes);
      view.setUint32(0, crc32(block.subarray(4)));
      const [reader] = decoder(byBlock);
      expect(reader.push(block)).toBe('length');
    }
  });
});

describe('before the handshake is done', () => {
  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['zeros', '\0'.repeat(64)],
    ['five bytes', 'hello'],
  ])('%s is refused by its fifth byte', (_what, text) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const [whole] = decoder();
    expect(whole.push(bytes)).toBe('version');
    const [slow] = decoder();
    const faults = [...bytes].map((byte) => slow.push(Uint8Array.of(byte)));
    expect(faults.indexOf('version')).toBe(4);
  });

  test('a length of 4 GB is refused before anything is allocated', () => {
    for (const terms of [undefined, byFrame, byBlock, byCarrier]) {
      const [reader] = decoder(terms);
      const bytes = frameBytes(numbered(0, 0));
      bytes.set([0xff, 0xff, 0xff, 0xff], 8);
      expect(reader.push(bytes.slice(0, 15))).toBeUndefined();
      expect(reader.push(bytes.slice(15))).toBe('length');
      expect(reader.heldBytes).toBeLessThanOrEqual(256);
    }
  });

  test('memory follows what has arrived, not what was claimed', () => {
    const sink = new FrameCollector();
    const reader = new FrameDecoder(sink, 2 ** 24);
    const bytes = frameBytes({ ...numbered(0, 0), payload: new Uint8Array(2 ** 22) });
    expect(reader.push(bytes.subarray(0, 1_000))).toBeUndefined();
    expect(reader.heldBytes).toBeLessThan(2_048);
    expect(reader.push(bytes.subarray(1_000))).toBeUndefined();
    expect(sink.frames).toHaveLength(1);
    expect(reader.heldBytes).toBe(0);
  });
});
