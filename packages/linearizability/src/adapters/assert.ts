/* An assertion for `node:test` and whatever else takes errors for failures. */

import { AssertionError } from 'node:assert';

import type { CheckOptions } from '../checker.ts';
import type { History } from '../history.ts';
import type { Model } from '../model.ts';
import type { ReportOptions } from '../report/html-report.ts';
import { checkForTest } from './failure.ts';

/** Bounds on the check, and what the report of a failure is called and where it goes. */
export interface AssertOptions extends CheckOptions, ReportOptions {
  /** Where reports go. Default: `linearizability-reports` in the current directory. */
  readonly directory?: string;
  /** Names the report, in its title and its file. Default: the model's name. */
  readonly title?: string;
}

/**
 * Throws unless `history` is linearizable; also when a bound was met first.
 *
 * @throws AssertionError whose message shows the counterexample and names the report.
 * @throws HistoryError if no clients can have recorded `history`.
 */
export function assertLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: AssertOptions = {},
): void {
  const { verdict, explain } = checkForTest(model, history, options, options.title ?? model.name);
  if (verdict === 'linearizable') return;
  throw new AssertionError({
    message: `expected a linearizable history, but ${explain()}`,
    actual: verdict,
    expected: 'linearizable',
    operator: 'assertLinearizable',
  });
}
