/** What a history can be held to, by name: the configuration of this service, or the usual. */
import {
  casRegister,
  check,
  type CheckResult,
  counter,
  describeCounterexample,
  fencedLock,
  type History,
  historyFor,
  htmlReport,
  keyValue,
  log,
  type Model,
  multiRegister,
  mutex,
  parseJsonLines,
  queue,
  register,
  type Scalar,
  set,
  stack,
} from '@quorate/linearizability';

import { parseConfigHistory } from '../../check/config-history.ts';
import { configModel } from '../../check/config-model.ts';
import { windowModel } from '../../check/window-model.ts';

/** What came out. */
export interface Examination {
  readonly verdict: CheckResult<unknown, unknown, unknown>['verdict'];
  /** Why it is unknown. */
  readonly reason: CheckResult<unknown, unknown, unknown>['reason'];
  readonly operationCount: number;
  /** The operations that prove that it is not, for people. */
  readonly counterexample: string | undefined;
  /** A page that shows it. */
  readonly page: () => string;
}

/** How long to try. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** @throws HistoryError (as a rejection) if `text` is no history of the model. */
type Examine = (text: string, patience: Patience) => Promise<Examination>;

/** Models by name. `window` is the configuration from its middle on. */
const models = {
  config: examined(configModel, parseConfigHistory),
  window: examined(windowModel, parseConfigHistory),
  kv: examined(keyValue(), (text) => historyFor.keyValue(parseJsonLines(text))),
  register: examined(register<Scalar>(null), (text) => historyFor.register(parseJsonLines(text))),
  'cas-register': examined(casRegister<Scalar>(null), (text) =>
    historyFor.casRegister(parseJsonLines(text)),
  ),
  'multi-register': examined(multiRegister<Scalar>(null), (text) =>
    historyFor.multiRegister(parseJsonLines(text)),
  ),
  counter: examined(counter(), (text) => historyFor.counter(parseJsonLines(text))),
  set: examined(set<Scalar>(), (text) => historyFor.set(parseJsonLines(text))),
  queue: examined(queue<Scalar>(), (text) => historyFor.queue(parseJsonLines(text))),
  stack: examined(stack<Scalar>(), (text) => historyFor.stack(parseJsonLines(text))),
  log: examined(log<Scalar>(), (text) => historyFor.log(parseJsonLines(text))),
  mutex: examined(mutex(), (text) => historyFor.mutex(parseJsonLines(text))),
  'fenced-lock': examined(fencedLock(), (text) => historyFor.fencedLock(parseJsonLines(text))),
} as const satisfies Readonly<Record<string, Examine>>;

/** The name of one. */
export type HistoryModel = keyof typeof models;

/** Checks a history. @throws HistoryError (as a rejection) if `text` is none of `model`. */
export function examine(
  text: string,
  model: HistoryModel,
  patience: Patience,
): Promise<Examination> {
  return models[model](text, patience);
}

function examined<State, Input, Output>(
  model: Model<State, Input, Output>,
  parse: (text: string) => History<Input, Output>,
): Examine {
  return async (text, patience) => {
    const history = parse(text);
    const result = await check(model, history, patience);
    const { verdict, reason, counterexample } = result;
    return {
      ...{ verdict, reason, operationCount: history.length },
      counterexample: counterexample && describeCounterexample(model, counterexample),
      page: () => htmlReport(model, history, result),
    };
  };
}
