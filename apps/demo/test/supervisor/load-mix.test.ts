import { expect, test } from 'vitest';

import {
  kindAt,
  loadMixes,
  loadMixNames,
  mixOfRates,
  mixText,
  nameOfMix,
  shareOf,
} from '../../src/supervisor/load-mix.ts';

test('each kind comes as often as its share', () => {
  const counts = { edit: 0, read: 0, config: 0 };
  for (let at = 0; at < 1_000; at += 1) {
    counts[kindAt({ edit: 7, read: 2.5, config: 0.5 }, at / 1_000)] += 1;
  }
  expect(counts).toEqual({ edit: 700, read: 250, config: 50 });
  // As near to 1 as a number below it can be.
  expect(kindAt({ edit: 1, read: 1, config: 1 }, 1 - 2 ** -53)).toBe('config');
  expect(kindAt({ edit: 1, read: 0, config: 0 }, 1 - 2 ** -53)).toBe('edit');
});

test('a mix has its name whatever its parts add up to', () => {
  for (const name of loadMixNames) {
    const { edit, read, config } = loadMixes[name];
    expect(nameOfMix({ edit: edit / 5, read: read / 5, config: config / 5 })).toBe(name);
    expect(shareOf(loadMixes[name], 'edit')).toBe(edit / 100);
  }
  expect(mixText({ edit: 1, read: 2, config: 3 })).toBe('edit=1,read=2,config=3');
});

test('rates are a mix, and no rates are none', () => {
  expect(mixOfRates({ edits: 5, config: 5 })).toEqual({ edit: 5, read: 0, config: 5 });
  expect(mixOfRates({ edits: 0, reads: 0, config: 0 })).toBeUndefined();
});
