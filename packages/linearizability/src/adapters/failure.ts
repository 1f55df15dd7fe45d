/* What a test runner is told about a history that is not linearizable, and its report on disk. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type CheckOptions, type CheckResult, checkSync } from '../checker.ts';
import type { History } from '../history.ts';
import type { Model } from '../model.ts';
import { describeCounterexample } from '../counterexample-text.ts';
import { htmlReport, type ReportOptions } from '../report/html-report.ts';

interface FailureOptions extends CheckOptions, ReportOptions {
  readonly directory?: string;
}

/** What became of a check in a test. */
export interface TestOutcome {
  readonly verdict: CheckResult<unknown, unknown, unknown>['verdict'];
  /** What to say about it. If it is not 'linearizable', this writes the report and names it. */
  readonly explain: () => string;
}

const NAME_CHARACTERS_MAX = 80;

/**
 * Checks `history` on behalf of a test.
 *
 * @param test - Names the test, and with it the report: the next run replaces it.
 * @throws TypeError if `history` is no list.
 */
export function checkForTest<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  options: FailureOptions,
  test: string,
): TestOutcome {
  if (!Array.isArray(history)) {
    throw new TypeError(`history: expected a list of operations, got ${typeof history}`);
  }
  const result = checkSync(model, history, options);
  const { verdict, reason, counterexample } = result;
  return {
    verdict,
    explain: () => {
      if (verdict === 'linearizable') return 'the history is linearizable';
      const path = reportPath(options.directory ?? 'linearizability-reports', test);
      writeFileSync(path, htmlReport(model, history, result, { title: test, ...options }));
      return [
        `the history is ${verdict}${reason === undefined ? '' : ` (${reason})`}`,
        ...(counterexample === undefined ? [] : [describeCounterexample(model, counterexample)]),
        `report: ${pathToFileURL(path).href}`,
      ].join('\n');
    },
  };
}

/** The names of two tests may differ only in what a file's name cannot hold, or in their ends. */
function reportPath(directory: string, test: string): string {
  mkdirSync(directory, { recursive: true });
  const readable = test
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, NAME_CHARACTERS_MAX)
    .toWellFormed();
  return join(directory, `${readable}-${checksum(test)}.html`);
}

function checksum(text: string): string {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
