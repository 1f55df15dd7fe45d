/*
 * Where everything stands in the picture of one partition: a lane per client, time from left to
 * right. Only the order of events matters, so each event gets the next column whatever time passed:
 * a millisecond of races is as readable as an hour of silence.
 */

import { type History, type Operation, returnTimeOf } from '../history.ts';
import { type Model, UNKNOWN } from '../model.ts';

/** One operation in the picture. */
export interface Bar {
  readonly lane: number;
  /** First and last column. An operation of unknown outcome reaches to the last of all. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly isPending: boolean;
  readonly isCulprit: boolean;
  /** Where it takes effect, in columns, if it is part of the order. */
  readonly point: number | undefined;
}

/** One operation of the order, as the reader steps through it. */
interface Step {
  /** Index of the bar. */
  readonly bar: number;
  readonly state: string;
}

/** The picture of one partition. */
export interface Band {
  readonly title: string;
  readonly lanes: readonly string[];
  readonly columnCount: number;
  readonly bars: readonly Bar[];
  readonly order: readonly Step[];
  /** The time of each column, for annotations. */
  readonly times: readonly number[];
}

/** What one band shows. */
interface BandContent<Input, Output> {
  readonly title: string;
  readonly operations: History<Input, Output>;
  /** Operations in an order that is legal; of `operations`, by identity. */
  readonly order: History<Input, Output>;
  readonly culprit: Operation<Input, Output> | undefined;
}

/** Lays out one band. */
export function layOutBand<State, Input, Output>(
  model: Model<State, Input, Output>,
  content: BandContent<Input, Output>,
): Band {
  const { title, operations, culprit } = content;
  const columns = columnsOf(operations);
  const lanes = [...new Set(operations.map(({ process }) => String(process)))].sort(byNumber);
  const points = pointsOf(content.order, columns.callOf);
  const bars = operations.map((operation): Bar => {
    const to = columns.returnOf.get(operation);
    return {
      lane: lanes.indexOf(String(operation.process)),
      from: columns.callOf.get(operation) ?? 0,
      to: to ?? columns.times.length,
      label: labelOf(model, operation),
      isPending: to === undefined,
      isCulprit: operation === culprit,
      point: points.get(operation),
    };
  });
  return {
    title,
    lanes,
    columnCount: columns.times.length + 1,
    bars,
    order: stepsOf(model, content),
    times: columns.times,
  };
}

interface Columns<Input, Output> {
  readonly times: readonly number[];
  readonly callOf: ReadonlyMap<Operation<Input, Output>, number>;
  readonly returnOf: ReadonlyMap<Operation<Input, Output>, number>;
}

function columnsOf<Input, Output>(operations: History<Input, Output>): Columns<Input, Output> {
  const events = operations.flatMap((operation) => [
    { time: operation.callTime, rank: 0, operation },
    { time: returnTimeOf(operation), rank: 1, operation },
  ]);
  events.sort((left, right) => left.time - right.time || left.rank - right.rank);
  const callOf = new Map<Operation<Input, Output>, number>();
  const returnOf = new Map<Operation<Input, Output>, number>();
  const times: number[] = [];
  for (const { time, rank, operation } of events) {
    if (time === Number.POSITIVE_INFINITY) continue;
    (rank === 0 ? callOf : returnOf).set(operation, times.length);
    times.push(time);
  }
  return { times, callOf, returnOf };
}

/**
 * Points in the order given. Each follows the last call so far, so it lies before the next event;
 * those that share such a gap divide it evenly.
 */
function pointsOf<Input, Output>(
  order: History<Input, Output>,
  callOf: ReadonlyMap<Operation<Input, Output>, number>,
): Map<Operation<Input, Output>, number> {
  const gaps = new Map<number, Operation<Input, Output>[]>();
  let lastCall = 0;
  for (const operation of order) {
    lastCall = Math.max(lastCall, callOf.get(operation) ?? 0);
    const gap = gaps.get(lastCall);
    if (gap === undefined) gaps.set(lastCall, [operation]);
    else gap.push(operation);
  }
  const points = new Map<Operation<Input, Output>, number>();
  for (const [column, operations] of gaps) {
    operations.forEach((operation, index) => {
      points.set(operation, column + (index + 1) / (operations.length + 1));
    });
  }
  return points;
}

function stepsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { operations, order }: BandContent<Input, Output>,
): Step[] {
  const barOf = new Map(operations.map((operation, index) => [operation, index]));
  let states: readonly State[] = [model.init()];
  return order.map((operation) => {
    const { input, outcome } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    states = states.flatMap((state) => model.step(state, input, output));
    return { bar: barOf.get(operation) ?? 0, state: describeStates(model, states) };
  });
}

function describeStates<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: readonly State[],
): string {
  const texts = states.map((state) => model.describeState?.(state) ?? JSON.stringify(state));
  return [...new Set(texts)].join(' or ');
}

function labelOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, outcome }: Operation<Input, Output>,
): string {
  const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
  const described = model.describeOperation?.(input, output);
  if (described !== undefined) return described;
  return `${JSON.stringify(input)} → ${output === UNKNOWN ? '?' : JSON.stringify(output)}`;
}

/** Short names first, so that c2 comes before c10. */
function byNumber(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}
