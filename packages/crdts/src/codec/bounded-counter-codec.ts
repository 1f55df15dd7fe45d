import { type ByteReader, type Codec, DecodeError } from '@quorate/transport/codec';

import type { BoundedCounter, EscrowRow } from '../plain/bounded-counter.ts';
import { readMap, readPositive, readReplicaId, stateCodec, writeMap } from './state-codec.ts';

/** The codec of bounded counters and of their deltas. */
export const boundedCounterCodec: Codec<BoundedCounter> = /* @__PURE__ */ stateCodec({
  tag: 0x43,
  write(writer, state) {
    writeMap(writer, state, ({ created, spent, given }) => {
      writer.varint(created);
      writer.varint(spent);
      writeMap(writer, given, (amount) => writer.varint(amount));
    });
  },
  read: (reader) => readMap(reader, readReplicaId, readRow),
});

function readRow(reader: ByteReader): EscrowRow {
  const created = reader.varint();
  const spent = reader.varint();
  const given = readMap(reader, readReplicaId, readPositive);
  if (created + spent + given.size === 0) throw new DecodeError('row: expected a number, got none');
  return { created, spent, given };
}
