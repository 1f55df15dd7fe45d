import { expect, test } from 'vitest';

import type { FaultEvent, TroubleKind } from '../../src/index.ts';
import { drawn, drawnNodes, valuesOf } from '../support/drawn.ts';
import { Talkers } from '../support/talkers.ts';

/** How many nodes stand on either side of the partitions of `kind`, such as '1:4'. */
function cutsOf(kind: TroubleKind): ReadonlySet<string> {
  const cutOf = (event: FaultEvent): readonly string[] =>
    event.kind === 'partition' ? [`${event.left.length}:${event.right.length}`] : [];
  return new Set(drawn(kind).flatMap(cutOf));
}

test('a split cuts the nodes in two anywhere, and heals under its own name', () => {
  expect(cutsOf('split')).toEqual(new Set(['1:4', '2:3', '3:2', '4:1']));
  const events = drawn('split');
  const named = (wanted: string): readonly unknown[] =>
    events.flatMap((event) => (event.kind === wanted && 'name' in event ? [event.name] : []));
  expect(named('partition').toSorted()).toEqual(named('heal').toSorted());
  expect(new Set(named('heal')).size).toBe(named('heal').length);
});

test('one is isolated from the rest', () => {
  expect(cutsOf('isolate')).toEqual(new Set(['1:4']));
  expect(cutsOf('flap')).toEqual(new Set(['1:4']));
});

test('one way is closed only', () => {
  expect(valuesOf(drawn('oneWay'), 'direction')).toEqual(new Set(['"forward"']));
  expect(valuesOf(drawn('split'), 'direction')).toEqual(new Set(['"both"']));
});

test('a bridge leaves one node between two groups', () => {
  expect(cutsOf('bridge')).toEqual(new Set(['1:3', '2:2', '3:1']));
});

test('a ring has every node', () => {
  const rings = drawn('ring').filter((event) => event.kind === 'ring');
  for (const { nodes } of rings) expect(nodes.toSorted()).toEqual(drawnNodes);
  expect(valuesOf(rings, 'nodes').size).toBeGreaterThan(10);
});

test('a flapping node comes and goes ten times, and comes last', () => {
  const events = drawn('flap');
  const first = events.filter((event) => 'name' in event && event.name === 'flap 0');
  const flaps = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 'partition' : 'heal'));
  expect(first.map(({ kind }) => kind)).toEqual(flaps);
});

test('a flapping node is heard by fits and starts', async () => {
  const lasts = { lastsMsMin: 2_000, lastsMsMax: 2_000 };
  const faults = drawn('flap', { nodeIds: ['a', 'b'], untilMs: 10_000, ...lasts }).filter(
    (event) => 'name' in event && event.name === 'flap 0',
  );
  const network = { delay: { kind: 'constant', ms: 0.5 } } as const;
  const talkers = new Talkers(['a', 'b'], { network });
  talkers.simulation.schedule(faults);
  await talkers.simulation.run(faults[0]?.atMs ?? 0);
  const saidAtMs: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    saidAtMs.push(talkers.simulation.nowMs);
    talkers.say('a', 'b', String(index));
    await talkers.simulation.run(10);
  }
  const isHeard = new Set(talkers.heard.map(({ text }) => Number(text)));
  const changes = saidAtMs.filter((_, at) => isHeard.has(at) !== isHeard.has(at - 1));
  // Cut off ten times, first and last; so nine times back.
  expect(changes).toHaveLength(18);
  expect(isHeard.size).toBe(90);
});

test('one node alone cannot be divided', () => {
  for (const kind of ['split', 'isolate', 'oneWay', 'bridge', 'ring', 'flap'] as const) {
    expect(drawn(kind, { nodeIds: ['a'] })).toEqual([]);
  }
});
