/**
 * The ways in which failure detectors go wrong that this package has a test for each. A scenario
 * without its file fails here, and so does a file without a scenario.
 */
import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

const scenarios: readonly (readonly [file: string, whatGoesWrongElsewhere: string])[] = [
  ['fd-01-far-tail', 'phi is infinite from some silence on, or no number'],
  ['fd-02-akka', "a port of Akka's detector is another one"],
  ['fd-03-edges', 'nothing is known of the first heartbeats, or of regular ones'],
  ['fd-04-exact-moments', 'a variance drifts, and is negative in the end'],
  ['fd-05-outages', 'an outage teaches that outages are usual'],
  ['fd-06-heartbeats-that-do-not-count', 'an old message proves a dead peer alive'],
  ['fd-06-order', 'a heartbeat that comes twice is an interval of nothing'],
  ['fd-07-own-pauses', 'a process that slept takes everybody for dead'],
  ['fd-08-clock-jumps', 'a clock that is set takes everybody for dead'],
  ['fd-09-equal-detection-time', 'fewer mistakes are bought with patience, and called better'],
  ['fd-10-rate-changes', 'a peer that has become slower is suspected for ever'],
  ['fd-11-ten-thousand-peers', 'a node with many peers does nothing but ask for them'],
  ['fd-12-hidden-tabs', 'a tab that is hidden is dead, and so is everybody for it'],
  ['fd-13-no-garbage.isolated', 'heartbeats are late because of the garbage they make'],
];

const files = readdirSync(import.meta.dirname).filter((name) => name.startsWith('fd-'));

describe('the scenarios', () => {
  test.each(scenarios)('%s has a test, lest %s', (name) => {
    const file = `${name}.test.ts`;
    expect(files).toContain(file);
    const text = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    expect(text).toMatch(/^\s*test(\.\w+\([^]*?\)|\.each<[^]*?>\([^]*?\))?\(/m);
    // A test that is switched off guards nothing.
    expect(text).not.toMatch(/\b(test|describe|it)\.(skip|only|todo)\(/);
    expect(text).toMatch(/^\/\*\n \* What goes wrong elsewhere: /);
  });

  test('are all that there are', () => {
    expect(files).toEqual(scenarios.map(([name]) => `${name}.test.ts`));
  });
});
