/* The built-in models by their names, for the command line. */

import type { AsyncCheckOptions, CheckResult } from '../checker.ts';
import { check } from '../checker.ts';
import type { History, Operation } from '../history.ts';
import { historyFor } from '../importers/vocabulary.ts';
import type { Model } from '../model.ts';
import { casRegister } from '../models/cas-register.ts';
import { counter } from '../models/counter.ts';
import { fencedLock } from '../models/fenced-lock.ts';
import { keyValue } from '../models/key-value.ts';
import { log } from '../models/log.ts';
import { multiRegister } from '../models/multi-register.ts';
import { mutex } from '../models/mutex.ts';
import { queue } from '../models/queue.ts';
import { register, type Scalar } from '../models/register.ts';
import { semaphore } from '../models/semaphore.ts';
import { set } from '../models/set.ts';
import { stack } from '../models/stack.ts';
import { describeCounterexample } from '../counterexample-text.ts';
import { htmlReport, type ReportOptions } from '../report/html-report.ts';

/** A model that can check what a file held. */
export interface NamedModel {
  readonly name: string;
  /**
   * @param optionsOf - Asked once the operations are there, which may be read while they are taken.
   * @throws HistoryError if the history is none of this model.
   */
  check(
    operations: Iterable<Operation<unknown, unknown>>,
    optionsOf: () => AsyncCheckOptions,
  ): Promise<Examination>;
}

/** What came out, in the forms in which the command line shows it. */
export interface Examination {
  readonly operationCount: number;
  readonly result: CheckResult<unknown, unknown, unknown>;
  /** Lines for people. */
  text(): string;
  /** The report. */
  html(options: ReportOptions): string;
}

const models: Readonly<Record<string, (parameter: string) => NamedModel | undefined>> = {
  register: () => named(register<Scalar>(null), historyFor.register),
  'cas-register': () => named(casRegister<Scalar>(null), historyFor.casRegister),
  'key-value': () => named(keyValue(), historyFor.keyValue),
  'key-value-empty': () => named(keyValue(''), historyFor.keyValue),
  counter: () => named(counter(), historyFor.counter),
  set: () => named(set<Scalar>(), historyFor.set),
  queue: () => named(queue<Scalar>(), historyFor.queue),
  stack: () => named(stack<Scalar>(), historyFor.stack),
  mutex: () => named(mutex(), historyFor.mutex),
  'fenced-lock': () => named(fencedLock(), historyFor.fencedLock),
  semaphore: (permits) =>
    /^[1-9]\d{0,14}$/.test(permits)
      ? named(semaphore(Number(permits)), historyFor.semaphore)
      : undefined,
  log: () => named(log<Scalar>(), historyFor.log),
  'multi-register': () => named(multiRegister<Scalar>(null), historyFor.multiRegister),
};

/** What `modelNamed` knows, for messages. */
export const MODEL_NAMES: readonly string[] = Object.keys(models).map((name) =>
  name === 'semaphore' ? 'semaphore:N' : name,
);

/** The model of this name (`kv` is `key-value`), or `undefined` if there is none. */
export function modelNamed(name: string): NamedModel | undefined {
  const [kind = '', parameter, ...rest] = name.split(':');
  if (rest.length > 0 || (parameter !== undefined && kind !== 'semaphore')) return undefined;
  const known = kind === 'kv' ? 'key-value' : kind;
  return Object.hasOwn(models, known) ? models[known]?.(parameter ?? '') : undefined;
}

function named<State, Input, Output>(
  model: Model<State, Input, Output>,
  narrow: (operations: Iterable<Operation<unknown, unknown>>) => History<Input, Output>,
): NamedModel {
  return {
    name: model.name,
    check: async (operations, optionsOf) => {
      const history = narrow(operations);
      const result = await check(model, history, optionsOf());
      return {
        operationCount: history.length,
        result,
        text: () => textOf(model, history, result),
        html: (reportOptions) => htmlReport(model, history, result, reportOptions),
      };
    },
  };
}

function textOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
): string {
  const { verdict, reason, counterexample } = result;
  const lines = [
    `${verdict}${reason === undefined ? '' : ` (${reason})`}: ` +
      [
        counted(history.length, 'operation'),
        counted(result.partitions.length, 'partition'),
        counted(result.steps, 'step'),
      ].join(', '),
  ];
  if (counterexample !== undefined) {
    const { operations, isMinimal } = counterexample;
    const kind = isMinimal ? 'minimal counterexample' : 'counterexample';
    lines.push(`${kind}: ${counted(operations.length, 'operation')}`);
    lines.push(describeCounterexample(model, counterexample));
  }
  return `${lines.join('\n')}\n`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
