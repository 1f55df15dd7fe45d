import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import { stateCodec } from '../state-codec.ts';
import { NO_STAMP, type Stamp, TIME_MS_MAX } from '../../plain/hybrid-time.ts';
import { type LwwMap, lwwMap } from '../../plain/lww-map.ts';
import { type LwwRegister, lwwRegister } from '../../plain/lww-register.ts';
import type { LwwSet } from '../../plain/lww-set.ts';
import { SortedMap } from '../../plain/sorted-map.ts';
import { expectOneChange, type OperationType } from './operation-type.ts';

/** A write: what was written and when, to order it among those of others. */
export interface WriteOperation<Value> extends Omit<Stamp, 'replicaId'> {
  readonly value: Value;
}

/** A write to a key, or its removal. */
export interface KeyOperation<Value> extends WriteOperation<Value | undefined> {
  readonly key: string;
}

/**
 * Registers in which the last write wins, by operations: the delta without its author.
 *
 * @remarks
 * For the delivery see `OperationType`. No effect depends on one before, so this one type needs no
 * order; what it gains is the id.
 *
 * @param values - Writes and reads a value; it copies what it keeps of the bytes.
 */
export function lwwRegisterOperations<Value>(
  values: Codec<Value>,
): OperationType<LwwRegister<Value>, WriteOperation<Value>> {
  return {
    bottom: lwwRegister.bottom,
    prepare(_state, replicaId, { stamp, value }) {
      if (value === undefined) return undefined;
      expectOneChange(stamp.replicaId === replicaId);
      return { timeMs: stamp.timeMs, counter: stamp.counter, value };
    },
    effect(state, replicaId, { timeMs, counter, value }) {
      return lwwRegister.join(state, { stamp: { timeMs, counter, replicaId }, value });
    },
    codec: stateCodec<WriteOperation<Value>>({
      tag: 0x73,
      write(writer, operation) {
        writeTime(writer, operation);
        writer.lengthPrefixed(values.encode(operation.value));
      },
      read: (reader) => ({
        ...readTime(reader),
        value: values.decode(reader.lengthPrefixed()),
      }),
    }),
  };
}

/**
 * Maps in which the last write wins, by operations: the delta without its author.
 *
 * @remarks For the delivery see `OperationType`.
 *
 * @param values - Writes and reads a value; it copies what it keeps of the bytes.
 *
 * @example
 * ```ts
 * import { type LwwMap, lwwMap } from '@quorate/crdts';
 * import { textCodec } from '@quorate/crdts/codec';
 * import { lwwMapOperations } from '@quorate/crdts/operations';
 *
 * const { prepare, effect } = lwwMapOperations(textCodec);
 * const empty: LwwMap<string> = lwwMap.bottom;
 * const operation = prepare(empty, 'a', lwwMap.set(empty, 'a', 'name', 'Ada', 1_000));
 * operation; // => { key: 'name', timeMs: 1000, counter: 0, value: 'Ada' }
 * if (operation) lwwMap.get(effect(empty, 'a', operation), 'name'); // => 'Ada'
 * ```
 */
export function lwwMapOperations<Value>(
  values: Codec<Value>,
): OperationType<LwwMap<Value>, KeyOperation<Value>> {
  return keyOperations(0x74, {
    write: (writer, value) => writer.lengthPrefixed(values.encode(value)),
    read: (reader) => values.decode(reader.lengthPrefixed()),
  });
}

/**
 * Sets in which the last word on each element counts, by operations: the delta without its author.
 * The value of an addition is `true`.
 *
 * @remarks For the delivery see `OperationType`.
 */
export const lwwSetOperations: OperationType<
  LwwSet,
  KeyOperation<true>
> = /* @__PURE__ */ keyOperations<true>(0x75, {
  write: () => undefined,
  read: () => true,
});

interface ValueFields<Value> {
  readonly write: (writer: ByteWriter, value: Value) => void;
  readonly read: (reader: ByteReader) => Value;
}

function keyOperations<Value>(
  tag: number,
  values: ValueFields<Value>,
): OperationType<LwwMap<Value>, KeyOperation<Value>> {
  return {
    bottom: lwwMap.bottom,
    prepare(_state, replicaId, { entries }) {
      const [first] = entries;
      if (first === undefined) return undefined;
      const [key, { stamp, value }] = first;
      expectOneChange(entries.size === 1 && stamp.replicaId === replicaId);
      return { key, timeMs: stamp.timeMs, counter: stamp.counter, value };
    },
    effect(state, replicaId, { key, timeMs, counter, value }) {
      const stamp: Stamp = { timeMs, counter, replicaId };
      const entries = SortedMap.of(key, { stamp, value });
      return lwwMap.join(state, { entries, floor: NO_STAMP, latest: stamp });
    },
    codec: stateCodec<KeyOperation<Value>>({
      tag,
      write(writer, operation) {
        writer.string(operation.key);
        writeTime(writer, operation);
        writer.u8(Number(operation.value !== undefined));
        if (operation.value !== undefined) values.write(writer, operation.value);
      },
      read(reader) {
        const key = reader.string();
        const time = readTime(reader);
        const kind = reader.u8();
        if (kind > 1) throw new DecodeError(`value: expected 0 or 1, got ${kind}`);
        return { key, ...time, value: kind === 1 ? values.read(reader) : undefined };
      },
    }),
  };
}

function writeTime(writer: ByteWriter, { timeMs, counter }: Omit<Stamp, 'replicaId'>): void {
  writer.varint(timeMs);
  writer.varint(counter);
}

function readTime(reader: ByteReader): Omit<Stamp, 'replicaId'> {
  const timeMs = reader.varint();
  if (timeMs > TIME_MS_MAX) throw new DecodeError(`timeMs: expected 0..2^48-1, got ${timeMs}`);
  return { timeMs, counter: reader.varint() };
}
