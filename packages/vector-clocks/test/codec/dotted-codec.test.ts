import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeDotted, encodeDotted } from '../../src/codec/dotted-codec.ts';
import { dot } from '../../src/dot.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { anyClock, anyReplicaId, entriesOf } from '../support/clocks.ts';
import { describeCodec } from '../support/codec-laws.ts';

describe('a dotted version vector as bytes', () => {
  describeCodec({
    values: fc
      .tuple(anyClock, anyReplicaId, fc.integer({ min: 1, max: 3 }))
      .map(([past, id, ahead]) => ({ past, dot: dot(id, past.get(id) + ahead) })),
    encode: encodeDotted,
    decode: decodeDotted,
    show: (version) => [version.dot, entriesOf(version.past)],
  });
});

test('a version that is in its own past is refused', () => {
  const version = { dot: dot('a', 1), past: VectorClock.of([['a', 1]]) };

  expect(() => decodeDotted(encodeDotted(version))).toThrow(
    'past: expected one without the dot, got one with it',
  );
});
