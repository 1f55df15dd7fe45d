/* The matcher `toBeLinearizable` for vitest, which writes the report of a failure to a file. */

import { basename } from 'node:path';

import { expect } from 'vitest';

import type { CheckOptions } from '../checker.ts';
import type { History } from '../history.ts';
import type { Model } from '../model.ts';
import type { ReportOptions } from '../report/html-report.ts';
import { checkForTest } from './failure.ts';

/** Bounds on the check, and where the report of a failure goes. */
export interface MatcherOptions extends CheckOptions, ReportOptions {
  /** Where reports go. Default: `linearizability-reports` in the current directory. */
  readonly directory?: string;
}

/** What `installLinearizabilityMatcher` adds to `expect(history)`. */
export interface LinearizabilityMatchers<Result = unknown> {
  /**
   * Fails unless the history is linearizable; also when a bound was met first, and then with `not`
   * as well: nobody knows.
   */
  toBeLinearizable<State, Input, Output>(
    model: Model<State, Input, Output>,
    options?: MatcherOptions,
  ): Result;
}

/**
 * Adds `expect(history).toBeLinearizable(model)` to vitest. Call it once, in a set-up file or at
 * the top of a test file. On failure the message shows the counterexample and names the report.
 */
export function installLinearizabilityMatcher(): void {
  expect.extend({ toBeLinearizable });
}

function toBeLinearizable<State, Input, Output>(
  this: { readonly isNot?: boolean },
  received: History<Input, Output>,
  model: Model<State, Input, Output>,
  options: MatcherOptions = {},
): { pass: boolean; message: () => string } {
  const { testPath = '', currentTestName = model.name } = expect.getState();
  const test = `${basename(testPath)} > ${currentTestName}`;
  const { verdict, explain } = checkForTest(model, received, options, test);
  const isNot = this.isNot ?? false;
  // Vitest turns `pass` around for `not`, and with it what 'unknown' would mean.
  const pass = verdict === 'unknown' ? isNot : verdict === 'linearizable';
  if (pass !== isNot) return { pass, message: () => '' };
  const expected = isNot ? 'one that is not linearizable' : 'a linearizable history';
  const message = `expected ${expected}, but ${explain()}`;
  return { pass, message: () => message };
}
