/**
 * `toBeLinearizable` for histories of the service. One that is not leaves two files beside each
 * other: the page that shows it with what went wrong behind, and its operations as JSON lines.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type Annotation, formatJsonLines, type History } from '@quorate/linearizability';
import {
  installLinearizabilityMatcher,
  type LinearizabilityMatchers,
} from '@quorate/linearizability/vitest';
import { expect } from 'vitest';

import { type ConfigInput, configModel, type ConfigOutput } from '../../src/check/config-model.ts';

declare module 'vitest' {
  // Declared with vitest's own parameters, of which only the first is of use here.
  /* eslint-disable @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars */
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends LinearizabilityMatchers<R> {}
  /* eslint-enable */
}

installLinearizabilityMatcher();

/** Where a failed run leaves its files. */
const reports = path.join(import.meta.dirname, '../../../../.reports/histories');

/**
 * Fails unless `history` is linearizable.
 *
 * @param lane - What went wrong meanwhile.
 * @param directory - Where the page and the operations go if it fails.
 */
export function expectLinearizable(
  history: History<ConfigInput, ConfigOutput>,
  lane: readonly Annotation[],
  directory: string = reports,
): void {
  try {
    expect(history).toBeLinearizable(configModel, { annotations: lane, directory });
  } catch (error) {
    const test = expect.getState().currentTestName ?? 'history';
    const name = test.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80);
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, `${name}.jsonl`), formatJsonLines(history));
    throw error;
  }
}
