/**
 * The forty ways in which circuit breakers and their companions go wrong that this package has a
 * test for each. A pitfall without its file fails here, and so does a file without a pitfall.
 */
import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

const pitfalls: readonly (readonly [file: string, whatGoesWrongElsewhere: string])[] = [
  ['cb-01-late-success', 'a success from before the opening closes a half-open circuit'],
  ['cb-02-late-failure', 'a failure from before the opening opens a half-open circuit'],
  ['cb-03-late-ignored', 'an ignored call from before the opening adds a trial call'],
  ['cb-04-trial-of-an-earlier-half-open', 'a trial call decides a later half-open period'],
  ['cb-05-crowd-at-the-end-of-the-wait', 'a crowd gets through when the wait ends'],
  ['cb-06-trial-that-never-ends', 'a trial call that hangs refuses everybody for ever'],
  ['cb-07-no-queue-behind-a-trial', 'callers pile up behind the trial call'],
  ['cb-08-trial-without-a-verdict', 'a trial call that says nothing decides'],
  ['cb-09-any-work', 'work that throws at once, or returns nothing, is classified wrongly'],
  ['cb-10-listeners-that-throw', 'a listener or a classifier that throws changes the call'],
  ['cb-11-late-answers', 'an answer after the timeout is counted again'],
  ['cb-12-place-until-work-ends', 'a bulkhead forgets work that outlives its timeout'],
  ['cb-13-no-timers', 'breakers keep the process open, or forget a timer'],
  ['cb-14-callers-abort', 'a caller that gives up counts as a failure'],
  ['cb-15-abort-in-back-off', 'an abort waits for the end of the back-off'],
  ['cb-16-shared-signal', 'listeners pile up on a shared signal'],
  ['cb-17-clock-jumps', 'a clock that goes back keeps the circuit open'],
  ['cb-18-idle-window', 'failures of an hour ago still count'],
  ['cb-19-stalled-process', 'a process that stood still takes answers for timeouts'],
  ['cb-20-minimum-of-calls', 'the first failure opens, or the completing success is not judged'],
  ['cb-21-at-the-threshold', 'a rate at its threshold opens now and then'],
  ['cb-22-undiluted-rate', 'calls refused or in flight dilute the rate'],
  ['cb-23-forced-open', 'a call, or the first of two operators, ends what was forced'],
  ['cb-24-opened-by-hand', 'a timer undoes what was done by hand'],
  ['cb-25-slow-calls', 'slowness is a kind of failure'],
  ['cb-26-snapshots', 'a restored circuit waits anew'],
  ['cb-27-finite-waits', 'a wait overflows after many openings or tries'],
  ['cb-28-retry-outside-breaker', 'a retry burns its attempts on an open circuit'],
  ['cb-29-empty-budget', 'the budget’s error replaces the call’s'],
  ['cb-30-retries-of-layers', 'retries of several layers multiply'],
  ['cb-31-losers-of-hedges', 'the loser of a hedge counts, or goes unhandled'],
  ['cb-32-calls-from-listeners', 'a listener that calls the breaker breaks the order'],
  ['cb-33-callers-context', 'the asynchronous context of another call leaks in'],
  ['cb-34-bounded-registry', 'keys grow without bound, or wash open circuits out'],
  ['cb-35-whole-group-down', 'all circuits of a group open at once'],
  ['cb-36-disposal', 'disposal leaves callers waiting, or events arrive after it'],
  ['cb-37-bad-options', 'options are changed, or bad ones taken'],
  ['cb-38-honest-samples', 'dropped calls read as fast ones'],
  ['cb-39-error-identity', 'an error is not known by its class in another copy'],
  ['cb-40-cheap-status', 'reading the statistics costs as much as the traffic'],
];

const files = readdirSync(import.meta.dirname).filter((name) => name.startsWith('cb-'));

describe('the pitfalls', () => {
  test.each(pitfalls)('%s has a test, lest %s', (name) => {
    const file = `${name}.test.ts`;
    expect(files).toContain(file);
    const text = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    expect(text).toMatch(/^\s*test(\.each\([^]*?\))?\(/m);
    // A test that is switched off guards nothing.
    expect(text).not.toMatch(/\b(test|describe)\.(skip|todo|only|fails)\b/);
    // Of the text itself a failure would print all.
    expect(/elsewhere[^]*protection:/i.test(text.slice(0, 1_000))).toBe(true);
  });

  test('are numbered without a gap, and each file is the test of one', () => {
    const numbers = pitfalls.map(([name]) => Number(name.slice(3, 5)));
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(files.toSorted()).toEqual(pitfalls.map(([name]) => `${name}.test.ts`));
  });
});
