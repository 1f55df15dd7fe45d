/** Checks what clients saw of the configuration, and draws what it found. */
import {
  check,
  type CheckResult,
  checkSync,
  type History,
  type Model,
  UNKNOWN,
} from '@quorate/linearizability';

import type { ConfigReport, Picture } from './check-report.ts';
import { type ConfigInput, configModel, type ConfigOutput } from './config-model.ts';
import { type ConfigOperation, pictureOf } from './picture.ts';

type Operations = History<ConfigInput, ConfigOutput>;

/** So many operations of a key are drawn, those before the newest. */
const BARS_MAX = 60;
/** Room for an event, in px, and for all of them: a glance at many, and the text of few. */
const [EVENT_PX_MIN, EVENT_PX_MAX, ALL_PX] = [22, 220, 1_100];
const TIMEOUT_MS = 10_000;

/** What to check against, and what to show. */
export interface ConfigCheckOptions<State> {
  readonly model: Model<State, ConfigInput, ConfigOutput>;
  /** The key to draw; one that says most if it is left out, or a violation is found. */
  readonly key?: string | undefined;
}

/** Whether keys behaved as one copy of them would, as far as `history` tells. */
export function checkConfig(history: Operations, key?: string): Promise<ConfigReport> {
  return checkAgainst(history, { model: configModel, key });
}

/** The same against another model of the configuration. Lets other work run. */
export async function checkAgainst<State>(
  history: Operations,
  { model, key }: ConfigCheckOptions<State>,
): Promise<ConfigReport> {
  const sets: Operations[] = [];
  const onSmaller = (operations: Operations): void => {
    if (operations.length !== sets.at(-1)?.length) sets.push(operations);
  };
  const result = await check(model, history, { timeoutMs: TIMEOUT_MS, onSmaller });
  const { verdict, steps, partitions, counterexample } = result;
  const culprit = counterexample?.culprit;
  const [first = []] = sets;
  const smallest = sets.at(-1) ?? [];
  return {
    model: 'config',
    verdict,
    operationCount: history.length,
    steps,
    keys: partitions.map((part) => ({
      key: part.key,
      verdict: part.verdict,
      operationCount: part.operationCount,
    })),
    picture: culprit ? violation(model, first, culprit) : proof(model, history, result, key),
    shrinking: sets.map((set) => set.map((operation) => placeIn(first, operation))),
    counterexample: culprit ? violation(model, smallest, culprit) : null,
    isMinimal: counterexample?.isMinimal ?? false,
  };
}

/** The longest order: all but the culprit take effect. */
function violation<State>(
  model: Model<State, ConfigInput, ConfigOutput>,
  operations: Operations,
  culprit: ConfigOperation,
): Picture {
  const others = operations.filter((operation) => operation !== culprit);
  const [part] = checkSync(model, others, { explain: 'none' }).partitions;
  const order = part?.linearization ?? [];
  return pictureOf({
    key: culprit.input.key,
    ...{ operations, culprit, eventPx: roomFor(operations) },
    ...statesAlong(model, order),
    textOf: textWith(model),
  });
}

/** An order in which all that clients saw of one key is possible. */
function proof<State>(
  model: Model<State, ConfigInput, ConfigOutput>,
  history: Operations,
  { partitions }: CheckResult<State, ConfigInput, ConfigOutput>,
  key: string | undefined,
): Picture | null {
  const decided = partitions.filter(({ linearization }) => linearization !== undefined);
  const richest = decided.toSorted((a, b) => b.operationCount - a.operationCount)[0];
  const shown = decided.find((part) => part.key === key) ?? richest;
  if (shown === undefined) return null;
  const all = history.filter(({ input }) => input.key === shown.key);
  const operations = all.toSorted((a, b) => a.callTime - b.callTime).slice(-BARS_MAX);
  const { order, startState } = statesAlong(model, shown.linearization ?? []);
  const isShown = new Set(operations);
  const before = order.findIndex(({ operation }) => isShown.has(operation));
  return pictureOf({
    ...{ key: shown.key, operations, culprit: undefined, eventPx: roomFor(operations) },
    order: order.filter(({ operation }) => isShown.has(operation)),
    startState: order[before - 1]?.state ?? startState,
    textOf: textWith(model),
  });
}

function roomFor({ length }: Operations): number {
  return Math.max(EVENT_PX_MIN, Math.min(EVENT_PX_MAX, ALL_PX / Math.max(1, 2 * length)));
}

/** What is true after each of `order`. */
function statesAlong<State>(
  model: Model<State, ConfigInput, ConfigOutput>,
  order: Operations,
): {
  readonly order: readonly { operation: ConfigOperation; state: string }[];
  startState: string;
} {
  const describe = (state: State | undefined): string =>
    state === undefined ? '?' : (model.describeState?.(state) ?? '');
  let states: readonly State[] = [model.init()];
  const startState = describe(states[0]);
  const described = order.map((operation) => {
    const { input, outcome } = operation;
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    states = states.flatMap((state) => model.step(state, input, output));
    return { operation, state: describe(states[0]) };
  });
  return { order: described, startState };
}

function textWith<State>(
  model: Model<State, ConfigInput, ConfigOutput>,
): (operation: ConfigOperation) => string {
  return ({ input, outcome }) => {
    const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
    const text = model.describeOperation?.(input, output) ?? input.kind;
    return text.replaceAll(/"([^"]{16})[^"]{8,}"/g, '"$1…"');
  };
}

/** The index of an operation that may be known with another outcome; a client has one at a time. */
function placeIn(operations: Operations, { process, callTime, input }: ConfigOperation): number {
  return operations.findIndex(
    (other) => other.process === process && other.callTime === callTime && other.input === input,
  );
}
