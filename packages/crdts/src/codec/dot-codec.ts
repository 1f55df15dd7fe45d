import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  DecodeError,
} from '@quorate/transport/codec';

import { type Dot, includes } from '../causal/causal-context.ts';
import type { Tally } from '../causal/causal-counter.ts';
import type { DotFun, DotSet } from '../causal/dot-fun.ts';
import { leaf } from '../ordered-map.ts';
import {
  type CausalCodec,
  causalCodec,
  dotFields,
  type DotTable,
  readRanges,
  type StoreFields,
  writeRanges,
} from './causal-codec.ts';
import { readBoolean } from './state-codec.ts';

/** The fields of dots that stand for themselves. */
export const dotSetFields: StoreFields<DotSet> = /* @__PURE__ */ dotFields<true>(
  () => undefined,
  () => true,
);

/** The fields of dots that say yes or no. */
export const unanimousFields: StoreFields<DotFun<boolean>> = /* @__PURE__ */ dotFields(
  (writer, value) => writer.u8(Number(value)),
  readBoolean,
);

/** The codec of enable-wins flags and of their deltas. */
export const ewFlagCodec: CausalCodec<DotSet> = /* @__PURE__ */ causalCodec(0x50, dotSetFields);

/** The codec of disable-wins flags and of their deltas. */
export const dwFlagCodec: CausalCodec<DotFun<boolean>> = /* @__PURE__ */ causalCodec(
  0x51,
  unanimousFields,
);

/** The codec of resettable counters and of their deltas. */
export const causalCounterCodec: CausalCodec<DotFun<Tally>> = /* @__PURE__ */ causalCodec(
  0x52,
  /* @__PURE__ */ dotFields(writeTally, readTally),
);

/**
 * The codec of multi-value registers and of their deltas.
 *
 * @param values - Writes and reads a value; it copies what it keeps of the bytes.
 */
export function mvRegisterCodec<Value>(values: Codec<Value>): CausalCodec<DotFun<Value>> {
  return causalCodec(
    0x53,
    dotFields<Value>(
      (writer, value) => writer.lengthPrefixed(values.encode(value)),
      (reader) => values.decode(reader.lengthPrefixed()),
    ),
  );
}

function writeTally(writer: ByteWriter, { amount, earlier }: Tally): void {
  writer.u8(Number(amount < 0));
  writer.varint(Math.abs(amount));
  writeRanges(writer, earlier);
}

function readTally(reader: ByteReader, { replicaId, counter }: Dot, { context }: DotTable): Tally {
  const isNegative = readBoolean(reader);
  const size = reader.varint();
  const earlier = readRanges(reader);
  const isKnown = includes(context, leaf(replicaId, earlier));
  if ((earlier.at(-1) ?? 0) >= counter || !isKnown || (isNegative && size === 0)) {
    throw new DecodeError('tally: expected one of its dot, got another one');
  }
  return { amount: isNegative ? -size : size, earlier };
}
