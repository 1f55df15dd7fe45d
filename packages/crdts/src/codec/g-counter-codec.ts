import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import type { FinalCount, GCounter } from '../plain/g-counter.ts';
import { readMap, readPositive, readReplicaId, stateCodec, writeMap } from './state-codec.ts';

/** The codec of grow-only counters and of their deltas: some 3 bytes and an id for each replica. */
export const gCounterCodec: Codec<GCounter> = /* @__PURE__ */ stateCodec({
  tag: 0x41,
  write: writeGCounter,
  read: readGCounter,
});

/** Writes a counter without its tag. */
export function writeGCounter(writer: ByteWriter, state: GCounter): void {
  writeMap(writer, state.counts, (count) => writer.varint(count));
  writeMap(writer, state.finals, ({ epoch, count }) => {
    writer.varint(epoch);
    writer.varint(count);
  });
  writer.varint(state.epoch);
  if (state.epoch > 0) writer.varint(state.base);
}

/** Reads what `writeGCounter` wrote. */
export function readGCounter(reader: ByteReader): GCounter {
  const counts = readMap(reader, readReplicaId, readPositive);
  const finals = readMap(reader, readReplicaId, readFinal);
  const epoch = reader.varint();
  const base = epoch > 0 ? reader.varint() : 0;
  for (const [id, final] of finals) {
    if (final.epoch <= epoch || (counts.get(id) ?? Infinity) <= final.count) {
      throw new DecodeError('finals: expected none that is counted elsewhere');
    }
  }
  return { counts, finals, epoch, base };
}

function readFinal(reader: ByteReader): FinalCount {
  return { epoch: readPositive(reader), count: reader.varint() };
}
