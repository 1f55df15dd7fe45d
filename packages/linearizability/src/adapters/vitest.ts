/* The matcher `toBeLinearizable` for vitest, which writes the report of a failure to a file. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect } from 'vitest';

import { checkSync, type CheckOptions, type CheckResult } from '../checker.ts';
import { describeCounterexample } from '../counterexample-text.ts';
import type { History } from '../history.ts';
import type { Model } from '../model.ts';
import { htmlReport, type ReportOptions } from '../report/html-report.ts';

/** Bounds on the check, and where the report of a failure goes. */
export interface MatcherOptions extends CheckOptions, ReportOptions {
  /** Where reports go. Default: `linearizability-reports` in the current directory. */
  readonly directory?: string;
}

/** What `installLinearizabilityMatcher` adds to `expect(history)`. */
export interface LinearizabilityMatchers<Result = unknown> {
  /** Fails unless the history is linearizable; also when a bound was met first. */
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
  received: History<Input, Output>,
  model: Model<State, Input, Output>,
  options: MatcherOptions = {},
): { pass: boolean; message: () => string } {
  const result = checkSync(model, received, options);
  if (result.verdict === 'linearizable') {
    return { pass: true, message: () => 'expected the history not to be linearizable, but it is' };
  }
  const { counterexample } = result;
  const path = writeReport(model, received, result, options);
  return {
    pass: false,
    message: () =>
      [
        `expected a linearizable history, got ${result.verdict}`,
        ...(counterexample ? [describeCounterexample(model, counterexample)] : []),
        `report: ${pathToFileURL(path).href}`,
      ].join('\n'),
  };
}

function writeReport<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  result: CheckResult<State, Input, Output>,
  options: MatcherOptions,
): string {
  const directory = options.directory ?? 'linearizability-reports';
  mkdirSync(directory, { recursive: true });
  const test = expect.getState().currentTestName ?? model.name;
  const name = test.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80);
  const path = join(directory, `${name}.html`);
  writeFileSync(path, htmlReport(model, history, result, { title: test, ...options }));
  return path;
}
