import { type Codec, DecodeError } from '@quorate/transport/codec';

import type { DotStore } from '../causal/causal.ts';
import { dotFun, type DotFun, type DotSet } from '../causal/dot-fun.ts';
import { type DotMap, mapOfSorted } from '../causal/dot-map.ts';
import { compareKeys, countOf, entriesOf, type Key } from '../ordered-map.ts';
import { unanimousDots } from '../causal/unanimous-dots.ts';
import { type CausalCodec, causalCodec, type StoreFields } from './causal-codec.ts';
import { dotSetFields, unanimousFields } from './dot-codec.ts';

/**
 * The codec of add-wins sets and of their deltas.
 *
 * @param elements - `textCodec` if all are texts, else `keyCodec`.
 */
export function awSetCodec<Element extends Key>(
  elements: Codec<Element>,
): CausalCodec<DotMap<Element, DotSet>> {
  return causalCodec(0x54, mapFields(elements, dotFun, dotSetFields));
}

/**
 * The codec of remove-wins sets and of their deltas.
 *
 * @param elements - `textCodec` if all are texts, else `keyCodec`.
 */
export function rwSetCodec<Element extends Key>(
  elements: Codec<Element>,
): CausalCodec<DotMap<Element, DotFun<boolean>>> {
  return causalCodec(0x55, mapFields(elements, unanimousDots, unanimousFields));
}

/**
 * The codec of maps and of their deltas.
 *
 * @param keys - `textCodec` if all are texts, else `keyCodec`.
 * @param type - That of the values.
 * @param values - Its codec.
 */
export function awMapCodec<K extends Key, Store>(
  keys: Codec<K>,
  type: { readonly store: DotStore<NoInfer<Store>> },
  values: { readonly store: StoreFields<Store> },
): CausalCodec<DotMap<K, Store>> {
  return causalCodec(0x56, mapFields(keys, type.store, values.store));
}

function mapFields<K extends Key, Store>(
  keys: Codec<K>,
  values: DotStore<NoInfer<Store>>,
  fields: StoreFields<Store>,
): StoreFields<DotMap<K, Store>> {
  return {
    write(writer, { entries }, table) {
      writer.varint(countOf(entries));
      for (const { key, value } of entriesOf(entries)) {
        writer.lengthPrefixed(keys.encode(key));
        fields.write(writer, value, table);
      }
    },
    read(reader, table) {
      const entries: { key: K; value: Store }[] = [];
      for (let count = reader.count(2); count > 0; count -= 1) {
        const key = keys.decode(reader.lengthPrefixed());
        const last = entries.at(-1);
        if (last !== undefined && compareKeys(last.key, key) >= 0) {
          throw new DecodeError('keys: expected ascending ones, got another order');
        }
        const value = fields.read(reader, table);
        if (value === values.empty) throw new DecodeError('key: expected dots, got none');
        entries.push({ key, value });
      }
      const map = mapOfSorted(values, entries);
      if (map === undefined) throw new DecodeError('dot: expected it once, got it twice');
      return map;
    },
  };
}
