import { type ByteReader, DecodeError } from '@quorate/transport/codec';

import { readPositive, readReplicaId, stateCodec } from '../state-codec.ts';
import {
  type BoundedCounter,
  boundedCounter,
  type EscrowRow,
} from '../../plain/bounded-counter.ts';
import { countOf, type GCounter, gCounter } from '../../plain/g-counter.ts';
import { type PnCounter, pnCounter } from '../../plain/pn-counter.ts';
import { emptyMap, SortedMap } from '../../plain/sorted-map.ts';
import type { ReplicaId } from '../../replica-id.ts';
import { expectOneChange, type OperationType } from './operation-type.ts';

/**
 * Grow-only counters by operations: an operation is the amount, at least 1.
 *
 * @remarks
 * For the delivery see `OperationType`. Pruning is no operation: it is agreed on by all members.
 *
 * @example
 * ```ts
 * import { gCounter } from '@quorate/crdts';
 * import { gCounterOperations } from '@quorate/crdts/operations';
 *
 * const { prepare, effect } = gCounterOperations;
 * const state = effect(gCounter.bottom, 'a', 40);
 * prepare(state, 'a', gCounter.increment(state, 'a', 2)); // => 2
 * gCounter.value(effect(state, 'b', 2)); // => 42
 * ```
 */
export const gCounterOperations: OperationType<GCounter, number> = {
  get bottom() {
    return gCounter.bottom;
  },
  prepare(state, replicaId, { counts, finals }) {
    const count = counts.get(replicaId);
    if (count === undefined && counts.size + finals.size === 0) return undefined;
    const amount = (count ?? 0) - countOf(state, replicaId);
    expectOneChange(counts.size === 1 && amount > 0);
    return amount;
  },
  effect(state, replicaId, amount) {
    const count = countOf(state, replicaId) + amount;
    return gCounter.join(state, { ...gCounter.bottom, counts: SortedMap.of(replicaId, count) });
  },
  codec: /* @__PURE__ */ stateCodec({
    tag: 0x70,
    write: (writer, amount) => writer.varint(amount),
    read: readPositive,
  }),
};

/**
 * Counters that go both ways by operations: an operation is the amount, below 0 for a decrement.
 *
 * @remarks For the delivery see `OperationType`.
 *
 * @example
 * ```ts
 * import { pnCounter } from '@quorate/crdts';
 * import { pnCounterOperations } from '@quorate/crdts/operations';
 *
 * const { prepare, effect, codec } = pnCounterOperations;
 * const operation = prepare(pnCounter.bottom, 'a', pnCounter.decrement(pnCounter.bottom, 'a', 5));
 * operation; // => -5
 * pnCounter.value(effect(pnCounter.bottom, 'a', -5)); // => -5
 * codec.encode(-5).length; // => 3
 * ```
 */
export const pnCounterOperations: OperationType<PnCounter, number> = {
  get bottom() {
    return pnCounter.bottom;
  },
  prepare(state, replicaId, { ups, downs }) {
    const up = gCounterOperations.prepare(state.ups, replicaId, ups);
    const down = gCounterOperations.prepare(state.downs, replicaId, downs);
    expectOneChange(up === undefined || down === undefined);
    return down === undefined ? up : -down;
  },
  effect({ ups, downs }, replicaId, amount) {
    return amount > 0
      ? { ups: gCounterOperations.effect(ups, replicaId, amount), downs }
      : { ups, downs: gCounterOperations.effect(downs, replicaId, -amount) };
  },
  codec: /* @__PURE__ */ stateCodec<number>({
    tag: 0x71,
    write(writer, amount) {
      writer.u8(Number(amount < 0));
      writer.varint(Math.abs(amount));
    },
    read(reader) {
      const isNegative = readKind(reader, 1) === 1;
      const size = readPositive(reader);
      return isNegative ? -size : size;
    },
  }),
};

/** What a replica does with rights. */
export type EscrowOperation =
  | { readonly kind: 'create'; readonly amount: number }
  | { readonly kind: 'spend'; readonly amount: number }
  | { readonly kind: 'give'; readonly amount: number; readonly to: ReplicaId };

/**
 * Bounded counters by operations: what was created, spent or given, and how much.
 *
 * @remarks
 * For the delivery see `OperationType`. What `decrement` or `transfer` refuses makes no operation.
 */
export const boundedCounterOperations: OperationType<BoundedCounter, EscrowOperation> = {
  get bottom() {
    return boundedCounter.bottom;
  },
  prepare(state, replicaId, delta) {
    const row = delta.get(replicaId);
    if (row === undefined && delta.size === 0) return undefined;
    const { created, spent, given } = row ?? NO_ROW;
    const known = state.get(replicaId) ?? NO_ROW;
    expectOneChange(delta.size === 1);
    expectOneChange(Number(created > 0) + Number(spent > 0) + given.size === 1);
    const [gift] = given;
    if (gift !== undefined) {
      const [to, amount] = gift;
      return { kind: 'give', amount: amount - (known.given.get(to) ?? 0), to };
    }
    return created > 0
      ? { kind: 'create', amount: created - known.created }
      : { kind: 'spend', amount: spent - known.spent };
  },
  effect(state, replicaId, operation) {
    const row = state.get(replicaId) ?? NO_ROW;
    return state.set(replicaId, afterwards(row, operation));
  },
  codec: /* @__PURE__ */ stateCodec<EscrowOperation>({
    tag: 0x72,
    write(writer, operation) {
      writer.u8(KINDS.indexOf(operation.kind));
      writer.varint(operation.amount);
      if (operation.kind === 'give') writer.string(operation.to);
    },
    read(reader) {
      const kind = KINDS[readKind(reader, 2)] ?? 'give';
      const amount = readPositive(reader);
      return kind === 'give' ? { kind, amount, to: readReplicaId(reader) } : { kind, amount };
    },
  }),
};

const KINDS: readonly EscrowOperation['kind'][] = ['create', 'spend', 'give'];

const NO_ROW: EscrowRow = { created: 0, spent: 0, given: emptyMap };

function afterwards(row: EscrowRow, operation: EscrowOperation): EscrowRow {
  const { amount } = operation;
  if (operation.kind === 'create') return { ...row, created: row.created + amount };
  if (operation.kind === 'spend') return { ...row, spent: row.spent + amount };
  const before = row.given.get(operation.to) ?? 0;
  return { ...row, given: row.given.set(operation.to, before + amount) };
}

/** Reads which kind of operation follows, 0..`max`. */
function readKind(reader: ByteReader, max: number): number {
  const kind = reader.u8();
  if (kind <= max) return kind;
  throw new DecodeError(`kind: expected 0..${max}, got ${kind}`);
}
