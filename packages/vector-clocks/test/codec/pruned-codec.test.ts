import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodePrunedClock, encodePrunedClock } from '../../src/codec/pruned-codec.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { anyClock, entriesOf } from '../support/clocks.ts';

describeCodec(
  'a pruned clock as bytes',
  { encode: encodePrunedClock, decode: (bytes) => decodePrunedClock(bytes) },
  fc.record({ epoch: fc.nat(3), clock: anyClock }),
  { show: ({ epoch, clock }) => [epoch, entriesOf(clock)] },
);

test('it shares the ids of a near clock', () => {
  const near = VectorClock.of([['a', 2]]);
  const bytes = encodePrunedClock({ epoch: 1, clock: VectorClock.of([['a', 3]]) });

  expect(decodePrunedClock(bytes, near).clock.ids).toBe(near.ids);
});
