import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import { awMap } from '../../causal/aw-map.ts';
import { awSet } from '../../causal/aw-set.ts';
import type { Dot } from '../../causal/causal-context.ts';
import { causalCounter, type Tally } from '../../causal/causal-counter.ts';
import type { DotStore } from '../../causal/causal.ts';
import { type DotFun, dotFun, type DotSet, dotted } from '../../causal/dot-fun.ts';
import { type DotMap, mapOf } from '../../causal/dot-map.ts';
import { dwFlag } from '../../causal/dw-flag.ts';
import { ewFlag } from '../../causal/ew-flag.ts';
import { mvRegister } from '../../causal/mv-register.ts';
import { rwSet } from '../../causal/rw-set.ts';
import { unanimousDots } from '../../causal/unanimous-dots.ts';
import { entriesOf, type Key } from '../../ordered-map.ts';
import { readBoolean } from '../state-codec.ts';
import { type CausalOperations, causalOperations, type DotContent } from './dotted-operation.ts';
import { expectOneChange } from './operation-type.ts';

/** What a change of one key does to its value. */
export interface KeyContent<K extends Key, Content> {
  readonly key: K;
  readonly content: Content;
}

/** Enable-wins flags by operations. For the delivery see `OperationType`. */
export const ewFlagOperations: CausalOperations<DotSet, true> = /* @__PURE__ */ causalOperations(
  0x76,
  ewFlag,
  /* @__PURE__ */ dotContent<true>(
    () => undefined,
    () => true,
  ),
);

/** Disable-wins flags by operations: on or off. For the delivery see `OperationType`. */
export const dwFlagOperations: CausalOperations<
  DotFun<boolean>,
  boolean
> = /* @__PURE__ */ causalOperations(
  0x77,
  dwFlag,
  /* @__PURE__ */ dotContent(writeBoolean, readBoolean),
);

/** Resettable counters by operations: an amount, or a reset. Delivery as in `OperationType`. */
export const causalCounterOperations: CausalOperations<
  DotFun<Tally>,
  number
> = /* @__PURE__ */ causalOperations(0x78, causalCounter, {
  of(store) {
    const { amount, earlier } = firstOf(store).value;
    expectOneChange(earlier.length === 0);
    return amount;
  },
  at: (dot, amount) => dotted(dot, { amount, earlier: [] }),
  write(writer, amount) {
    writeBoolean(writer, amount < 0);
    writer.varint(Math.abs(amount));
  },
  read(reader) {
    const isNegative = readBoolean(reader);
    const size = reader.varint();
    if (isNegative && size === 0) throw new DecodeError('amount: expected 0, got -0');
    return isNegative ? -size : size;
  },
});

/**
 * Multi-value registers by operations: the value, or none. For the delivery see `OperationType`.
 *
 * @param values - Writes and reads a value; it copies what it keeps of the bytes.
 */
export function mvRegisterOperations<Value>(
  values: Codec<Value>,
): CausalOperations<DotFun<Value>, Value> {
  return causalOperations(
    0x79,
    mvRegister,
    dotContent(
      (writer, value) => writer.lengthPrefixed(values.encode(value)),
      (reader) => values.decode(reader.lengthPrefixed()),
    ),
  );
}

/**
 * Add-wins sets by operations: the element that is added, or what was seen of those removed.
 *
 * @remarks For the delivery see `OperationType`.
 *
 * @param elements - `textCodec` if all are texts, else `keyCodec`.
 *
 * @example
 * ```ts
 * import { type AwSet, awSet } from '@quorate/crdts';
 * import { awSetCodec, textCodec } from '@quorate/crdts/codec';
 * import { awSetOperations } from '@quorate/crdts/operations';
 *
 * const { prepare, effect, codec } = awSetOperations(textCodec);
 * const empty: AwSet<string> = awSet.bottom;
 * const delta = awSet.add(empty, 'alice-01', 'tea');
 * const operation = prepare(empty, 'alice-01', delta);
 * if (operation) [...awSet.elements(effect(empty, 'alice-01', operation))]; // => ['tea']
 * if (operation) codec.encode(operation).length; // => 9
 * awSetCodec(textCodec).encode(delta).length; // => 24
 * ```
 */
export function awSetOperations<Element extends Key>(
  elements: Codec<Element>,
): CausalOperations<DotMap<Element, DotSet>, KeyContent<Element, true>> {
  return causalOperations(0x7a, awSet, keyContent(elements, dotFun, ewFlagOperations.content));
}

/**
 * Remove-wins sets by operations: an element, and whether it is there.
 *
 * @remarks For the delivery see `OperationType`.
 *
 * @param elements - `textCodec` if all are texts, else `keyCodec`.
 */
export function rwSetOperations<Element extends Key>(
  elements: Codec<Element>,
): CausalOperations<DotMap<Element, DotFun<boolean>>, KeyContent<Element, boolean>> {
  const content = keyContent(elements, unanimousDots, dwFlagOperations.content);
  return causalOperations(0x7b, rwSet, content);
}

/**
 * Maps by operations: a key and the operation on its value, or what was seen of what is removed.
 *
 * @remarks For the delivery see `OperationType`.
 *
 * @param keys - `textCodec` if all are texts, else `keyCodec`.
 * @param type - That of the values, such as `awSet`.
 * @param values - Its operations, such as `awSetOperations(textCodec)`.
 */
export function awMapOperations<K extends Key, Store, Content>(
  keys: Codec<K>,
  type: { readonly store: DotStore<NoInfer<Store>> },
  values: { readonly content: DotContent<Store, Content> },
): CausalOperations<DotMap<K, Store>, KeyContent<K, Content>> {
  return causalOperations(0x7c, awMap(type), keyContent(keys, type.store, values.content));
}

function dotContent<Value>(
  write: (writer: ByteWriter, value: Value) => void,
  read: (reader: ByteReader) => Value,
): DotContent<DotFun<Value>, Value> {
  return { of: (store) => firstOf(store).value, at: dotted, write, read };
}

function keyContent<K extends Key, Store, Content>(
  keys: Codec<K>,
  values: DotStore<NoInfer<Store>>,
  content: DotContent<Store, Content>,
): DotContent<DotMap<K, Store>, KeyContent<K, Content>> {
  return {
    of({ entries }) {
      const { key, value } = firstOf([...entriesOf(entries)]);
      return { key, content: content.of(value) };
    },
    at: (dot: Dot, { key, content: inner }) => mapOf(values, key, content.at(dot, inner)),
    write(writer, { key, content: inner }) {
      writer.lengthPrefixed(keys.encode(key));
      content.write(writer, inner);
    },
    read: (reader) => ({
      key: keys.decode(reader.lengthPrefixed()),
      content: content.read(reader),
    }),
  };
}

function firstOf<Value>(values: readonly Value[]): Value {
  const [first] = values;
  if (first === undefined) throw new RangeError('store: expected a dot, got none');
  return first;
}

function writeBoolean(writer: ByteWriter, value: boolean): void {
  writer.u8(Number(value));
}
