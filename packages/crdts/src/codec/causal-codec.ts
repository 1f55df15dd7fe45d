/*
 * Causal states as bytes:
 *
 *   tag        one byte: the type
 *   context    by ascending ids: the id, and its ranges, each as the gap before it and its length
 *   store      dots as the place of their replica in the context, and their counter
 *
 * A state has one encoding: everything ascends, nothing is empty, ranges do not touch, and each dot
 * of the store is in the context and in one place only.
 */
import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import {
  type CausalContext,
  type CounterRanges,
  type Dot,
  hasDot,
} from '../causal/causal-context.ts';
import type { Causal } from '../causal/causal.ts';
import { compareDots, type DotFun, type DottedValue, noDots } from '../causal/dot-fun.ts';
import { entriesOf, fromSorted } from '../ordered-map.ts';
import type { ReplicaId } from '../replica-id.ts';
import { readReplicaId, stateCodec } from './state-codec.ts';

/** The replicas of a context, by whose places dots are written. */
export interface DotTable {
  readonly replicaIds: readonly ReplicaId[];
  readonly places: ReadonlyMap<ReplicaId, number>;
  readonly context: CausalContext;
}

/** The bytes of a store, within those of a state. */
export interface StoreFields<Store> {
  /** Writes a store, with its dots as places in the table. */
  readonly write: (writer: ByteWriter, store: Store, table: DotTable) => void;
  /** Reads what `write` wrote; may give an empty store. */
  readonly read: (reader: ByteReader, table: DotTable) => Store;
}

/** The codec of a causal type, which can be nested as the type can. */
export interface CausalCodec<Store> extends Codec<Causal<Store>> {
  /** The bytes of its stores. */
  readonly store: StoreFields<Store>;
}

/** The codec of states with these stores. */
export function causalCodec<Store>(tag: number, store: StoreFields<Store>): CausalCodec<Store> {
  const codec = stateCodec<Causal<Store>>({
    tag,
    write(writer, state) {
      const table = tableOf(state.context);
      writeContext(writer, table);
      store.write(writer, state.store, table);
    },
    read(reader) {
      const context = readContext(reader);
      return { store: store.read(reader, tableOf(context)), context };
    },
  });
  return { ...codec, store };
}

/** The fields of dots, each with a value. */
export function dotFields<Value>(
  writeValue: (writer: ByteWriter, value: Value) => void,
  readValue: (reader: ByteReader, dot: Dot, table: DotTable) => Value,
): StoreFields<DotFun<Value>> {
  return {
    write(writer, store, { places }) {
      writer.varint(store.length);
      for (const dotted of store) {
        writer.varint(places.get(dotted.replicaId) ?? 0);
        writer.varint(dotted.counter);
        writeValue(writer, dotted.value);
      }
    },
    read(reader, table) {
      const store: DottedValue<Value>[] = [];
      for (let count = reader.count(2); count > 0; count -= 1) {
        const dot = readDot(reader, table);
        const last = store.at(-1);
        if (last !== undefined && compareDots(last, dot) >= 0) {
          throw new DecodeError('dots: expected ascending ones, got another order');
        }
        store.push({ ...dot, value: readValue(reader, dot, table) });
      }
      return store.length === 0 ? noDots : store;
    },
  };
}

/** The replicas of `context`, ascending. */
export function tableOf(context: CausalContext): DotTable {
  const replicaIds = [...entriesOf(context)].map(({ key }) => key);
  return { replicaIds, places: new Map(replicaIds.map((id, place) => [id, place])), context };
}

function readDot(reader: ByteReader, { replicaIds, context }: DotTable): Dot {
  const replicaId = replicaIds[reader.varint()];
  const counter = reader.varint();
  if (replicaId === undefined || !hasDot(context, replicaId, counter)) {
    throw new DecodeError('dot: expected one of the context, got another one');
  }
  return { replicaId, counter };
}

/** Writes the context of `table`. */
export function writeContext(writer: ByteWriter, { context, replicaIds }: DotTable): void {
  writer.varint(replicaIds.length);
  for (const { key, value } of entriesOf(context)) {
    writer.string(key);
    writeRanges(writer, value);
  }
}

/** Reads what `writeContext` wrote. */
export function readContext(reader: ByteReader): CausalContext {
  const entries: { key: ReplicaId; value: CounterRanges }[] = [];
  for (let count = reader.count(5); count > 0; count -= 1) {
    const key = readReplicaId(reader);
    if (key <= (entries.at(-1)?.key ?? '')) {
      throw new DecodeError('context: expected ascending ids, got another order');
    }
    const value = readRanges(reader);
    if (value.length === 0) throw new DecodeError('context: expected dots of each, got none');
    entries.push({ key, value });
  }
  return fromSorted(entries);
}

/** Writes how many ranges there are, and of each the gap before it and how much longer it is. */
export function writeRanges(writer: ByteWriter, ranges: CounterRanges): void {
  writer.varint(ranges.length / 2);
  let end = -1;
  for (const [index, bound] of ranges.entries()) {
    // Neither counters of 0 nor ranges that touch can be written.
    writer.varint(index % 2 === 0 ? bound - end - 2 : bound - end);
    end = bound;
  }
}

/** Reads what `writeRanges` wrote. */
export function readRanges(reader: ByteReader): CounterRanges {
  const ranges: number[] = [];
  let end = -1;
  for (let count = reader.count(2); count > 0; count -= 1) {
    const first = end + 2 + reader.varint();
    end = first + reader.varint();
    ranges.push(first, end);
  }
  if (end <= Number.MAX_SAFE_INTEGER) return ranges;
  throw new DecodeError('counter: expected at most 2^53-1, got more');
}
