/*
 * The states of sequences as bytes:
 *
 *   context    as of causal types
 *   ids        replicas that are named and are not in the context, ascending
 *   elements   by ascending ids: the place of the replica among both, from 1, and the counter;
 *              a single 0 stands for the root
 */
import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import { type CausalContext, hasDot } from '../causal/causal-context.ts';
import { SortedMap } from '../plain/sorted-map.ts';
import type { ReplicaId } from '../replica-id.ts';
import { dotOf, type ElementId, elementId } from '../sequence/element-id.ts';
import { readContext, tableOf, writeContext } from './causal-codec.ts';
import { readIds, writeIds } from './stamp-fields.ts';

/** Writes element ids and replica ids as places in a table. */
export interface ElementWriter {
  /** Writes the name of a replica. */
  readonly replica: (id: ReplicaId) => void;
  /** Writes the name of an element, or of the root. */
  readonly element: (id: ElementId) => void;
}

/** Writes a context and the table of its replicas and of `others`. */
export function elementWriter(
  writer: ByteWriter,
  context: CausalContext,
  others: Iterable<ReplicaId>,
): ElementWriter {
  const table = tableOf(context);
  writeContext(writer, table);
  const extra = [...others].filter((id) => !table.places.has(id));
  const extraPlaces = writeIds(writer, extra);
  const known = table.replicaIds.length;
  const replica = (id: ReplicaId): void => {
    const place = table.places.get(id) ?? known + (extraPlaces.get(id) ?? 0) - 1;
    writer.varint(place + 1);
  };
  return {
    replica,
    element(id) {
      if (id === '') {
        writer.varint(0);
        return;
      }
      const { replicaId, counter } = dotOf(id);
      replica(replicaId);
      writer.varint(counter);
    },
  };
}

/** Reads what an `ElementWriter` wrote. */
export class ElementReader {
  readonly #reader: ByteReader;
  readonly #context: CausalContext;
  readonly #ids: readonly ReplicaId[];
  /** The places of replicas that are not in the context and have been named. */
  readonly #used = new Set<number>();
  readonly #known: number;

  /** Reads the context and the table. */
  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#context = readContext(reader);
    const { replicaIds, places } = tableOf(this.#context);
    const extra = readIds(reader).slice(1);
    if (extra.some((id) => places.has(id))) throw new DecodeError('ids: expected each id once');
    this.#known = replicaIds.length;
    this.#ids = [...replicaIds, ...extra];
  }

  /** What was read first. */
  get context(): CausalContext {
    return this.#context;
  }

  /** Reads the name of a replica. */
  replica(): ReplicaId {
    return this.#replica(this.#reader.varint());
  }

  /** Reads the name of an element, or of the root. */
  element(): ElementId {
    const place = this.#reader.varint();
    if (place === 0) return '';
    const replicaId = this.#replica(place);
    const counter = this.#reader.varint();
    if (counter === 0) throw new DecodeError('element: expected a counter >= 1, got 0');
    return elementId({ replicaId, counter });
  }

  /** Reads entries by ascending ids; 'seen': of the context. */
  map<Value>(readValue: () => Value, where: 'seen' | 'anywhere'): SortedMap<Value> {
    const entries: (readonly [ElementId, Value])[] = [];
    for (let count = this.#reader.count(3); count > 0; count -= 1) {
      const id = this.element();
      if (id <= (entries.at(-1)?.[0] ?? '')) {
        throw new DecodeError('elements: expected ascending ones, got another order');
      }
      const { replicaId, counter } = dotOf(id);
      if (where === 'seen' && !hasDot(this.#context, replicaId, counter)) {
        throw new DecodeError('element: expected one of the context, got another one');
      }
      entries.push([id, readValue()]);
    }
    return SortedMap.fromSorted(entries);
  }

  /** That all replicas beside those of the context were named: others need not be there. */
  expectAllUsed(): void {
    if (this.#used.size === this.#ids.length - this.#known) return;
    throw new DecodeError('ids: expected only those in use');
  }

  #replica(place: number): ReplicaId {
    const id = this.#ids[place - 1];
    if (id === undefined) throw new DecodeError(`replica: expected a place, got ${place}`);
    if (place > this.#known) this.#used.add(place);
    return id;
  }
}
