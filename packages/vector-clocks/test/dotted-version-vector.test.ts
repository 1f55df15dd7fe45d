import { expect, test } from 'vitest';

import {
  compareDotted,
  contextOf,
  type DottedVersionVector,
  nextVersion,
  syncVersions,
} from '../src/dotted-version-vector.ts';
import { VectorClock } from '../src/vector-clock.ts';

interface Version extends DottedVersionVector {
  readonly value: string;
}

const written = (versions: Version[], context: VectorClock, value: string, id = 's'): Version => ({
  ...nextVersion(versions, context, id),
  value,
});

test('writers that did not see each other leave siblings, though one server named both', () => {
  const first = written([], VectorClock.empty, 'first');
  const context = contextOf([first]);
  const one = written([first], context, 'one');
  const stored = syncVersions([first], [one]);
  const other = written(stored, context, 'other');
  const siblings = syncVersions(stored, [other]);

  expect([first, one, other].map(({ dot }) => dot.counter)).toEqual([1, 2, 3]);
  expect(siblings.map(({ value }) => value)).toEqual(['one', 'other']);
  expect(compareDotted(first, one)).toBe('before');
  expect(compareDotted(other, first)).toBe('after');
  expect(compareDotted(one, other)).toBe('concurrent');
  expect(compareDotted(one, one)).toBe('equal');

  const last = written(siblings, contextOf(siblings), 'last');
  expect(syncVersions(siblings, [last])).toEqual([last]);
});

test('a version that was replaced elsewhere does not come back', () => {
  const first = written([], VectorClock.empty, 'first');
  const second = written([first], contextOf([first]), 'second', 't');

  expect(syncVersions([first], [second])).toEqual([second]);
  expect(syncVersions([second], [first])).toEqual([second]);
  expect(syncVersions([second], [second])).toEqual([second]);
});

test('a server that was read elsewhere does not name two versions alike', () => {
  const context = VectorClock.of([['s', 7]]);

  expect(nextVersion([], context, 's').dot).toEqual({ id: 's', counter: 8 });
});

test('a write without a read stands beside all', () => {
  const first = written([], VectorClock.empty, 'first');
  const second = written([first], VectorClock.empty, 'second');

  expect(syncVersions([first], [second])).toEqual([first, second]);
});

test('no version is named past the last counter, or by nobody', () => {
  const context = VectorClock.of([['s', Number.MAX_SAFE_INTEGER]]);

  expect(() => nextVersion([], context, 's')).toThrow(RangeError);
  expect(() => nextVersion([], VectorClock.empty, '')).toThrow(RangeError);
});
