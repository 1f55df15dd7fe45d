import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { CausalContext, CounterRanges } from '../../causal/causal-context.ts';
import { readRanges, writeRanges } from '../causal-codec.ts';
import { entriesOf, fromSorted, get, put, without } from '../../ordered-map.ts';
import type { ReplicaId } from '../../replica-id.ts';
import { dotOf, type ElementId, elementId } from '../../sequence/element-id.ts';

/**
 * In operations the author of them is not named: an empty id stands for it. What somebody changes
 * is mostly what it made itself, and an id is some ten bytes.
 */
const AUTHOR = '';

/** The longest id of a replica, in bytes of UTF-8. */
const ID_SIZE_MAX_BYTES = 64;

/** `context` as its author `replicaId` tells it. */
export function toldBy(replicaId: ReplicaId, context: CausalContext): CausalContext {
  return renamed(context, replicaId, AUTHOR);
}

/** What `toldBy` was given. */
export function heardFrom(replicaId: ReplicaId, context: CausalContext): CausalContext {
  return renamed(context, AUTHOR, replicaId);
}

/** The name of an element as `replicaId` tells it; the root has none. */
export function elementToldBy(replicaId: ReplicaId, id: ElementId): ElementId {
  if (id === '' || dotOf(id).replicaId !== replicaId) return id;
  return elementId({ replicaId: AUTHOR, counter: dotOf(id).counter });
}

/** What `elementToldBy` was given. */
export function elementHeardFrom(replicaId: ReplicaId, id: ElementId): ElementId {
  if (id === '' || dotOf(id).replicaId !== AUTHOR) return id;
  return elementId({ replicaId, counter: dotOf(id).counter });
}

/** Writes a context in which the author is not named. */
export function writeSeen(writer: ByteWriter, context: CausalContext): void {
  const entries = [...entriesOf(context)];
  writer.varint(entries.length);
  for (const { key, value } of entries) {
    writer.string(key);
    writeRanges(writer, value);
  }
}

/** Reads what `writeSeen` wrote. */
export function readSeen(reader: ByteReader): CausalContext {
  const entries: { key: ReplicaId; value: CounterRanges }[] = [];
  for (let count = reader.count(4); count > 0; count -= 1) {
    const key = reader.string(ID_SIZE_MAX_BYTES);
    const last = entries.at(-1)?.key;
    if (last !== undefined && key <= last) {
      throw new DecodeError('seen: expected ascending ids, got another order');
    }
    const value = readRanges(reader);
    if (value.length === 0) throw new DecodeError('seen: expected dots of each, got none');
    entries.push({ key, value });
  }
  return fromSorted(entries);
}

/** Writes the name of an element, or of the root; counters begin with 1. */
export function writeElement(writer: ByteWriter, id: ElementId): void {
  const { counter, replicaId } = id === '' ? { counter: 0, replicaId: AUTHOR } : dotOf(id);
  writer.varint(counter);
  if (counter > 0) writer.string(replicaId);
}

/** Reads what `writeElement` wrote. */
export function readElement(reader: ByteReader): ElementId {
  const counter = reader.varint();
  return counter === 0 ? '' : elementId({ counter, replicaId: reader.string(ID_SIZE_MAX_BYTES) });
}

function renamed(context: CausalContext, from: ReplicaId, to: ReplicaId): CausalContext {
  const ranges = get(context, from);
  return ranges === undefined ? context : put(without(context, from), to, ranges);
}
