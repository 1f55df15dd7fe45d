import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import { compareStamps, laterStamp, NO_STAMP, type Stamp } from '../plain/hybrid-time.ts';
import type { LwwEntry, LwwMap } from '../plain/lww-map.ts';
import { lwwRegister, type LwwRegister } from '../plain/lww-register.ts';
import type { LwwSet } from '../plain/lww-set.ts';
import {
  expectAllUsed,
  type IdTable,
  readIds,
  readRealStamp,
  readStamp,
  writeIds,
  writeStamp,
} from './stamp-fields.ts';
import { readMap, stateCodec, writeMap } from './state-codec.ts';

/** The codec of registers in which the last write wins; `value` is that of what is written. */
export function lwwRegisterCodec<Value>(value: Codec<Value>): Codec<LwwRegister<Value>> {
  return stateCodec<LwwRegister<Value>>({
    tag: 0x46,
    write(writer, state) {
      const places = writeIds(writer, [state.stamp.replicaId]);
      writeStamp(writer, places, state.stamp);
      if (state.value !== undefined) writer.lengthPrefixed(value.encode(state.value));
    },
    read(reader) {
      const ids = readIds(reader);
      const stamp = readStamp(reader, ids);
      expectAllUsed(ids, [stamp.replicaId]);
      if (stamp === NO_STAMP) return lwwRegister.bottom;
      return { stamp, value: value.decode(reader.lengthPrefixed()) };
    },
  });
}

/** The codec of maps in which the last write wins; `value` is that of what is written. */
export function lwwMapCodec<Value>(value: Codec<Value>): Codec<LwwMap<Value>> {
  return mapCodec(0x47, {
    write: (writer, one: Value) => writer.lengthPrefixed(value.encode(one)),
    read: (reader) => value.decode(reader.lengthPrefixed()),
  });
}

/** The codec of sets in which the last word counts. */
export const lwwSetCodec: Codec<LwwSet> = /* @__PURE__ */ mapCodec(0x48, {
  write: () => undefined,
  read: (): true => true,
});

interface ValueFields<Value> {
  readonly write: (writer: ByteWriter, value: Value) => void;
  readonly read: (reader: ByteReader) => Value;
}

function mapCodec<Value>(tag: number, values: ValueFields<Value>): Codec<LwwMap<Value>> {
  return stateCodec<LwwMap<Value>>({
    tag,
    write(writer, { entries, floor }) {
      const stamps = [floor, ...[...entries.values()].map(({ stamp }) => stamp)];
      const places = writeIds(writer, idsOf(stamps));
      writeStamp(writer, places, floor);
      writeMap(writer, entries, (entry) => {
        writeStamp(writer, places, entry.stamp);
        writer.u8(entry.value === undefined ? 0 : 1);
        if (entry.value !== undefined) values.write(writer, entry.value);
      });
    },
    read(reader) {
      const ids = readIds(reader);
      const floor = readStamp(reader, ids);
      const entries = readMap(
        reader,
        (keys) => keys.string(),
        () => readEntry(reader, ids, floor, values),
      );
      let latest = floor;
      for (const { stamp } of entries.values()) latest = laterStamp(latest, stamp);
      const stamps = [floor, ...[...entries.values()].map(({ stamp }) => stamp)];
      expectAllUsed(ids, idsOf(stamps));
      return { entries, floor, latest };
    },
  });
}

function readEntry<Value>(
  reader: ByteReader,
  ids: IdTable,
  floor: Stamp,
  values: ValueFields<Value>,
): LwwEntry<Value> {
  const stamp = readRealStamp(reader, ids);
  const kind = reader.u8();
  if (kind > 1) throw new DecodeError(`entry: expected 0 or 1, got ${kind}`);
  if (kind === 1) return { stamp, value: values.read(reader) };
  if (compareStamps(stamp, floor) > 0) return { stamp, value: undefined };
  throw new DecodeError('entry: expected no removal up to the floor, got one');
}

function idsOf(stamps: readonly Stamp[]): string[] {
  return stamps.map(({ replicaId }) => replicaId);
}
