/**
 * The ways in which placements go wrong that this package has a test for each. A scenario without
 * its file fails here, and so does a file without a scenario.
 */
import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

const scenarios: readonly (readonly [file: string, whatGoesWrongElsewhere: string])[] = [
  ['ch-01-seven-and-forty-nine', 'equal nodes get fewer points than other clients give them'],
  ['ch-02-six-to-seven', 'keys move between nodes that stay'],
  ['ch-03-thousand-to-one', 'a node of a small weight silently owns nothing'],
  ['ch-04-strange-weights', 'weight 0 is taken for 1, and NaN for a weight'],
  ['ch-05-shuffled-nodes', 'the order of a list decides who owns a key'],
  ['ch-06-equal-points', 'who came last owns a point that two nodes share'],
  ['ch-07-one-of-equal-points', 'a node that goes takes a point of another with it'],
  ['ch-08-ends-of-the-circle', 'a hash behind the last point finds nothing'],
  ['ch-09-nobody-there', 'an empty ring answers with something'],
  ['ch-10-counts-of-replicas', 'a walk names a node twice, or never ends'],
  ['ch-11-zones', 'all replicas stand in one room'],
  ['ch-12-names-that-join', 'labels of two nodes are the same text'],
  ['ch-13-names-of-objects', 'an id is a property that every object has'],
  ['ch-14-lone-surrogates', 'a key is hashed in one way if short, in another if long'],
  ['ch-15-beyond-ascii', 'characters lose their upper bytes'],
  ['ch-16-jump-far-out', 'keys of 64 bits lose bits in a double'],
  ['ch-17-histories', 'a snapshot forgets who went first'],
  ['ch-18-anchor-at-capacity', 'a node too many takes the place of another'],
  ['ch-19-maglev-tables', 'a table is never full, or a node is not in it'],
  ['ch-20-modulo-bias', 'some remainders come twice as often'],
  ['ch-21-weights-by-logarithm', 'a logarithm decides, and engines differ in it'],
  ['ch-22-bounded-loads', 'a walk past full nodes never ends'],
  ['ch-24-hostile-snapshots', 'a dump is believed'],
  ['ch-25-hash-tags', 'keys that belong together are in two slots'],
  ['ch-26-enough-bits', 'points are read behind the end of a digest'],
];

const files = readdirSync(import.meta.dirname).filter((name) => name.startsWith('ch-'));

describe('the scenarios', () => {
  test.each(scenarios)('%s has a test, lest %s', (name) => {
    const file = `${name}.test.ts`;
    expect(files).toContain(file);
    const text = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    expect(text).toMatch(/^\s*test(\.each\([^]*?\))?\(/m);
    // A test that is switched off guards nothing.
    expect(text).not.toMatch(/\b(test|describe|it)\.(skip|only|todo)\(/);
    expect(text).toMatch(/^\/\*\n \* What goes wrong elsewhere: /);
  });

  test('are all that there are', () => {
    expect(files).toEqual(scenarios.map(([name]) => `${name}.test.ts`));
  });
});
