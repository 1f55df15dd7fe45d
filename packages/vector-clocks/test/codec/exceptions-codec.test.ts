import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeExceptions, encodeExceptions } from '../../src/codec/exceptions-codec.ts';
import { dot } from '../../src/dot.ts';
import { VersionVectorWithExceptions } from '../../src/version-vector-with-exceptions.ts';
import { anyReplicaId } from '../support/clocks.ts';

const anyCounter = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(2 ** 53 - 1));

describeCodec(
  'a version vector with exceptions as bytes',
  { encode: encodeExceptions, decode: (bytes) => decodeExceptions(bytes) },
  fc.array(fc.tuple(anyReplicaId, anyCounter)).map((dots) => {
    const known = new VersionVectorWithExceptions();
    for (const [id, counter] of dots) known.add(dot(id, counter));
    return known;
  }),
  { show: (known) => [known.known(), known.exceptionCount] },
);

test.each<[what: string, bytes: number[], message: string]>([
  ['no runs', [1, 3, 1, 1, 97, 0, 0, 0], 'runs: expected at least 1, got 0'],
  [
    'a number past 2^53-1',
    [1, 3, 1, 1, 97, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    'run: expected at most 2^53-1, got more',
  ],
  ['more gaps than the limit', [1, 3, 1, 1, 97, 2, 1, 0, 0, 0], 'gaps: expected at most 1, got 2'],
])('%s is refused', (_what, bytes, message) => {
  expect(() => decodeExceptions(Uint8Array.from(bytes), { exceptionCountMax: 1 })).toThrow(message);
});

test('what is complete takes a few bytes, however many updates there were', () => {
  const known = VersionVectorWithExceptions.ofRuns([['a', [1, 1_000_000]]]);

  expect(Array.from(encodeExceptions(known))).toEqual([1, 3, 1, 1, 97, 1, 0, 0xbf, 0x84, 0x3d]);
});
