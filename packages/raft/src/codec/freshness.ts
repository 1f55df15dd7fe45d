import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { ReadFreshness } from '../node/outcomes.ts';
import { readPlace } from './primitives.ts';

/*
 * How fresh the answer to a query is to be, behind the query itself:
 *
 *   nothing: linearizable │ 1 lease │ 2 bounded maxStalenessMs │ 3 stale
 */

const kinds = ['lease', 'bounded', 'stale'] as const;

/** Ends a query. */
export function writeFreshness(writer: ByteWriter, freshness: ReadFreshness | undefined): void {
  const place = kinds.findIndex((kind) => kind === freshness?.consistency);
  if (place < 0) return;
  writer.u8(place + 1);
  if (freshness?.consistency === 'bounded') writer.varint(freshness.maxStalenessMs);
}

/** @throws DecodeError if what is left is none. */
export function readFreshness(reader: ByteReader): { readonly freshness?: ReadFreshness } {
  if (reader.remaining === 0) return {};
  const consistency = readPlace(reader, kinds, 1);
  if (consistency !== 'bounded') return { freshness: { consistency } };
  const maxStalenessMs = reader.varint();
  if (maxStalenessMs === 0) throw new DecodeError('maxStalenessMs: expected at least 1, got 0');
  return { freshness: { consistency, maxStalenessMs } };
}
