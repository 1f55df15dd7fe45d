/* Which operations each band shows, in which orders, and what it says about them. */

import type { CheckResult, PartitionResult } from '../checker.ts';
import type { Counterexample } from '../counterexample.ts';
import { type History, type Operation, returnTimeOf } from '../history.ts';
import type { Model } from '../model.ts';
import { isRead } from '../partition.ts';
import type { Annotation } from './annotation.ts';
import type { BandContent } from './layout.ts';
import { knownOrder, type PartialOrders, partialOrders } from './partial-orders.ts';

/** What to draw of a result. */
export interface Selection<State, Input, Output> {
  readonly contents: readonly BandContent<State, Input, Output>[];
  /** Keys of partitions for which there was no room. */
  readonly omitted: readonly string[];
}

interface BandOptions {
  readonly annotations: readonly Annotation[];
  /** Operations drawn at most. */
  readonly operationsMax: number;
}

/** Events that the search for orders looks at, for each band. */
const STEPS_MAX = 300_000;

/**
 * The counterexample first, then the partitions: those that are not linearizable, then those that
 * are, then the undecided.
 */
export function selectBands<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
  options: BandOptions,
): Selection<State, Input, Output> {
  const { annotations, operationsMax } = options;
  const { counterexample } = result;
  const byKey = partitionsOf(model, history);
  const contents: BandContent<State, Input, Output>[] = [];
  if (counterexample !== undefined) {
    contents.push(counterexampleContent(model, history, counterexample, options));
  }
  const rank = { 'not-linearizable': 0, linearizable: 1, unknown: 2 };
  const partitions = result.partitions.toSorted(
    (left, right) => rank[left.verdict] - rank[right.verdict],
  );
  const omitted: string[] = [];
  let room = operationsMax;
  for (const partition of partitions) {
    const operations = byKey.get(partition.key) ?? [];
    const isFirst = contents.length === 0 || partition.verdict === 'not-linearizable';
    if (operations.length > room && !(isFirst && room > 0)) {
      omitted.push(partition.key);
      continue;
    }
    const content = partitionContent(model, partition, operations, {
      counterexample,
      annotations,
      room,
    });
    contents.push(content);
    room -= content.operations.length;
  }
  return { contents, omitted };
}

function partitionsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): ReadonlyMap<string, Operation<Input, Output>[]> {
  const byKey = new Map<string, Operation<Input, Output>[]>();
  for (const operation of history.toSorted((left, right) => left.callTime - right.callTime)) {
    const key = model.partition?.(operation) ?? '';
    const own = byKey.get(key);
    if (own === undefined) byKey.set(key, [operation]);
    else own.push(operation);
  }
  return byKey;
}

function counterexampleContent<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  { operations, culprit, isMinimal }: Counterexample<Input, Output>,
  { annotations, operationsMax }: BandOptions,
): BandContent<State, Input, Output> {
  const originals = originalsOf(history, operations);
  const lateReturnOf = new Map<Operation<Input, Output>, number>();
  for (const operation of operations) {
    const original = originals.get(operation);
    if (operation.outcome.kind !== 'info' || original === undefined) continue;
    const returnTime = returnTimeOf(original);
    if (Number.isFinite(returnTime)) lateReturnOf.set(operation, returnTime);
  }
  return {
    title: isMinimal ? 'Minimal counterexample' : 'Counterexample',
    explanation:
      'Without the hatched answer there is an order that explains all others: the numbered ' +
      `points. With it there is none. ${
        isMinimal
          ? 'Each operation here is needed for that.'
          : 'A bound was met, so not every operation here may be needed for that.'
      }`,
    operations: operations.slice(-operationsMax),
    ordered: operations,
    orders: partialOrders(model, operations, STEPS_MAX),
    culprit,
    kept: new Set(operations),
    lateReturnOf,
    annotations,
  };
}

/** A counterexample holds copies of operations that were open at its end. */
function originalsOf<Input, Output>(
  history: History<Input, Output>,
  operations: History<Input, Output>,
): ReadonlyMap<Operation<Input, Output>, Operation<Input, Output>> {
  const byProcess = new Map<string | number, Operation<Input, Output>[]>();
  for (const operation of operations) byProcess.set(operation.process, []);
  for (const operation of history) byProcess.get(operation.process)?.push(operation);
  const originals = new Map<Operation<Input, Output>, Operation<Input, Output>>();
  for (const operation of operations) {
    const { process, callTime, input } = operation;
    const original = byProcess
      .get(process)
      ?.find((other) => other.callTime === callTime && other.input === input);
    if (original !== undefined) originals.set(operation, original);
  }
  return originals;
}

function partitionContent<State, Input, Output>(
  model: Model<State, Input, Output>,
  partition: PartitionResult<State, Input, Output>,
  operations: History<Input, Output>,
  {
    counterexample,
    annotations,
    room,
  }: {
    readonly counterexample: Counterexample<Input, Output> | undefined;
    readonly annotations: readonly Annotation[];
    readonly room: number;
  },
): BandContent<State, Input, Output> {
  const { key, verdict, linearization } = partition;
  const isIllegal = verdict === 'not-linearizable' && counterexample !== undefined;
  const endTime = isIllegal ? returnTimeOf(counterexample.culprit) : Number.POSITIVE_INFINITY;
  const before = operations.filter(({ callTime }) => callTime <= endTime);
  const drawn = isIllegal ? before.slice(-room) : before.slice(0, room);
  const ordered = before.filter(
    (operation) =>
      operation.outcome.kind === 'ok' ||
      (operation.outcome.kind === 'info' && !isRead(model, operation)),
  );
  const orders =
    linearization === undefined
      ? partialOrders(model, ordered, STEPS_MAX)
      : knownOrder(model, ordered, linearization);
  const originals = originalsOf(operations, counterexample?.operations ?? []);
  const missing = operations.length - drawn.length;
  return {
    title: key === '' ? 'The history' : `Partition ${key}`,
    explanation: [
      explanationOf(verdict, orders, ordered.length),
      missing === 0
        ? ''
        : `${missing} of its ${operations.length} operations are not drawn${
            isIllegal ? ': they lie behind the impossible answer, or long before it' : ''
          }.`,
    ]
      .join(' ')
      .trim(),
    operations: drawn,
    ordered,
    orders,
    culprit: counterexample?.culprit,
    kept: new Set(originals.values()),
    lateReturnOf: new Map(),
    annotations,
  };
}

function explanationOf<State>(
  verdict: string,
  { nodes, longest, isComplete }: PartialOrders<State>,
  count: number,
): string {
  const depth = nodes[longest]?.depth ?? 0;
  const reach = `The longest order found explains ${depth} of ${count} operations`;
  switch (verdict) {
    case 'linearizable':
      return 'The numbered points are an order that explains all answers.';
    case 'not-linearizable':
      return isComplete
        ? `Not linearizable. ${reach}; what it refuses next is crossed.`
        : `Not linearizable. ${reach}, before the search for the picture met its bound.`;
    default:
      return `Not decided before the check ended. ${reach}.`;
  }
}
