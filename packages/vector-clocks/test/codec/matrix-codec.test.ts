import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeMatrixClock, encodeMatrixClock } from '../../src/codec/matrix-codec.ts';
import { MatrixClock } from '../../src/matrix-clock.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { anyClock, anyReplicaId, entriesOf } from '../support/clocks.ts';

describeCodec(
  'a matrix clock as bytes',
  { encode: encodeMatrixClock, decode: decodeMatrixClock },
  fc
    .uniqueArray(fc.tuple(anyReplicaId, anyClock), { selector: ([id]) => id })
    .map((rows) => MatrixClock.of(rows)),
  { show: (matrix) => matrix.rows().map(([id, clock]) => [id, entriesOf(clock)]) },
);

test('rows with the same ids share them', () => {
  const row = VectorClock.fromJSON({ a: 1, b: 2 });
  const read = decodeMatrixClock(
    encodeMatrixClock(
      MatrixClock.of([
        ['a', row],
        ['b', VectorClock.fromJSON({ a: 3, b: 4 })],
      ]),
    ),
  );

  expect(read.row('b').ids).toBe(read.row('a').ids);
});
