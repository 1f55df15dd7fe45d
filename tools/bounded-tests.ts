/**
 * A set-up file of all tests: none of them runs for ever. Vitest gives up on a test that takes too
 * long, but only where the test lets it: code that never waits, like a property that fails and is
 * being made smaller, keeps Vitest's own timers from running.
 *
 * So a property ends before the time of its test is over, and shows the smallest counterexample
 * that it has found by then. Whatever else never waits is ended by a thread beside it, which says
 * what it was.
 */
import fc from 'fast-check';
import { afterEach, beforeEach } from 'vitest';

import { StuckWatch } from './bounded-tests/stuck-watch.ts';

/** What a property takes of its test's time; with the rest it says how it failed. */
const PROPERTY_SHARE = 0.8;
/** How long the loading of a file, or what prepares its tests, may never wait, in ms. */
const BETWEEN_TESTS_MS = 120_000;
/** How much longer than it may a test can be stuck before its process is ended, in ms. */
const GRACE_MS = 30_000;
/** The longest time that timers know. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Of this process, whose test files load this module again and again. */
interface Bounds {
  readonly watch: StuckWatch;
  /** When properties of the test that runs end. */
  propertiesEndAtMs: number;
}

declare global {
  var boundsOfTests: Bounds | undefined;
}

// Tests may set the clock that is seen as `performance`.
const nowMs = performance.now.bind(performance);
const bounds = (globalThis.boundsOfTests ??= install());

function install(): Bounds {
  const installed: Bounds = { watch: new StuckWatch(GRACE_MS), propertiesEndAtMs: Infinity };
  fc.installGlobalPlugin((...context) => {
    const leftMs = Math.max(0, installed.propertiesEndAtMs - nowMs());
    return fc.interruptAfterTimeLimit(Math.min(leftMs, TIMER_MS_MAX), { failOnInterrupt: true })(
      ...context,
    );
  });
  return installed;
}

beforeEach(({ task }) => {
  const limitMs = task.timeout > 0 ? task.timeout : Infinity;
  bounds.watch.expect(`${task.file.filepath}: ${task.fullTestName}`, limitMs);
  bounds.propertiesEndAtMs = nowMs() + limitMs * PROPERTY_SHARE;
});

afterEach(({ task }) => {
  const doing = `what comes after ${task.file.filepath}: ${task.fullTestName}`;
  bounds.watch.expect(doing, BETWEEN_TESTS_MS);
});
