/*
 * Goal: a `DvvSet` is what the reference in Erlang makes of the same writes and syncs, entry for
 * entry, and value for value.
 * Method: the runs of `dvv-set-vectors.json`, which the reference made: of values that all have a
 * server, as it has others, too.
 */
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { DvvSet } from '../src/dvv-set.ts';

type VectorStep = readonly [
  kind: 'put' | 'sync',
  server: string,
  from: number,
  value: number,
  entries: string,
];

const { runs } = JSON.parse(
  readFileSync(new URL('data/dvv-set-vectors.json', import.meta.url), 'utf8'),
) as { readonly runs: readonly { readonly steps: readonly VectorStep[] }[] };

const runNumbers = runs.map(({ steps }, index) => [index, steps] as const);

/** As the file has it: the id, the counter and the values of each entry. */
function textOf({ entries }: DvvSet<number>): string {
  return entries.map(({ id, counter, values }) => `${id}:${counter}:${values.join()}`).join(' ');
}

describe('a dvv set', () => {
  test.each(runNumbers)('is that of the reference at every step of run %i', (_index, steps) => {
    const states = [DvvSet.empty<number>()];
    const servers = new Map<string, DvvSet<number>>();
    for (const [kind, server, from, value, expected] of steps) {
      const own = servers.get(server) ?? DvvSet.empty<number>();
      const other = states[from] ?? DvvSet.empty<number>();
      const next = kind === 'sync' ? own.sync(other) : own.put(server, value, other.context());
      expect(textOf(next)).toBe(expected);
      servers.set(server, next);
      states.push(next);
    }
    expect(states.length).toBe(25);
  });
});
