import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeDotted, encodeDotted } from '../../src/codec/dotted-codec.ts';
import { dot } from '../../src/dot.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { anyClock, anyReplicaId, entriesOf } from '../support/clocks.ts';

describeCodec(
  'a dotted version vector as bytes',
  { encode: encodeDotted, decode: decodeDotted },
  fc
    .tuple(anyClock, anyReplicaId, fc.integer({ min: 1, max: 3 }))
    .map(([past, id, ahead]) => ({ past, dot: dot(id, past.get(id) + ahead) })),
  { show: (version) => [version.dot, entriesOf(version.past)] },
);

test('a version that is in its own past is refused', () => {
  const version = { dot: dot('a', 1), past: VectorClock.of([['a', 1]]) };

  expect(() => decodeDotted(encodeDotted(version))).toThrow(
    'past: expected one without the dot, got one with it',
  );
});
