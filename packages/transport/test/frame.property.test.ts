import { crc32 } from 'node:zlib';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FrameDecoder } from '../src/frame.ts';
import {
  blockBytes,
  frameBytes,
  FrameCollector,
  joined,
  type PlainFrame,
} from './support/frames.ts';

const frame: fc.Arbitrary<PlainFrame> = fc.record({
  kind: fc.integer({ min: 0, max: 255 }),
  protocolNumber: fc.integer({ min: 0, max: 0xffff }),
  sequence: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  payload: fc.uint8Array({ maxLength: 200 }),
});

/** Cuts `bytes` at the given places, wherever those are. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  let at = 0;
  return ends.toSorted((left, right) => left - right).map((end) => bytes.slice(at, (at = end)));
}

test('any frames, cut anywhere, in blocks of any size, come out as they went in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(frame, { maxLength: 6 }), { maxLength: 6 }),
      fc.array(fc.nat(5_000), { maxLength: 20 }),
      fc.boolean(),
      (groups, places, isInBlocks) => {
        const encode = isInBlocks
          ? blockBytes
          : (frames: readonly PlainFrame[]) => joined(frames.map((one) => frameBytes(one)));
        const sink = new FrameCollector();
        const decoder = new FrameDecoder(sink, 200);
        const sealing = isInBlocks ? 'block' : 'frame';
        decoder.relax({ payloadBytesMax: 200, sealing, crc32 });
        for (const chunk of cut(joined(groups.map(encode)), places)) {
          expect(decoder.push(chunk)).toBeUndefined();
        }
        expect(sink.frames).toEqual(groups.flat());
      },
    ),
  );
});

test('any bytes end in frames, in waiting, or in a fault, and in bounded memory', () => {
  const sealing = fc.constantFrom('none', 'frame', 'block');
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), sealing, (chunks, how) => {
      const decoder = new FrameDecoder(new FrameCollector(), 500);
      if (how !== 'frame') decoder.relax({ payloadBytesMax: 500, sealing: how, crc32 });
      for (const chunk of chunks) {
        if (decoder.push(chunk) !== undefined) break;
        expect(decoder.heldBytes).toBeLessThan(200_000);
      }
    }),
  );
});
