import { expect, test } from 'vitest';

import { drawn, drawnNodes, kindsOf, valuesOf } from '../support/drawn.ts';
import { Talkers } from '../support/talkers.ts';

test('one direction between two nodes is clogged, and let go', () => {
  const events = drawn('clog');
  expect(kindsOf(events)).toEqual(new Set(['clog', 'unclog']));
  const ends = (wanted: string): readonly string[] =>
    events.flatMap((event) =>
      event.kind === wanted && 'left' in event ? [`${event.left[0]}>${event.right[0]}`] : [],
    );
  expect(ends('clog').toSorted()).toEqual(ends('unclog').toSorted());
  expect(new Set(ends('clog')).size).toBeGreaterThan(10);
});

test('a session breaks, noticed by one end, both or neither', () => {
  const events = drawn('reset');
  expect(kindsOf(events)).toEqual(new Set(['reset']));
  expect(valuesOf(events, 'noticedBy')).toEqual(new Set(['"left"', '"both"', '"neither"']));
});

test('a swizzle clogs some nodes one by one, and lets them go in any order', () => {
  const events = drawn('swizzle', {
    perMinute: { swizzle: 1 },
    untilMs: 7_200_000,
    lastsMsMax: 51,
  });
  const orders = new Set<boolean>();
  const sizes = new Set<number>();
  let clogged: string[] = [];
  let released: string[] = [];
  for (const event of events) {
    if (event.kind !== 'clog' && event.kind !== 'unclog') throw new Error(event.kind);
    const [node = ''] = event.left;
    expect(event.right.toSorted()).toEqual(drawnNodes.filter((other) => other !== node));
    if (event.kind === 'clog') clogged.push(node);
    else released.push(node);
    if (released.length < clogged.length) continue;
    expect(released.toSorted()).toEqual(clogged.toSorted());
    sizes.add(clogged.length);
    if (clogged.length > 1) orders.add(released.join() === clogged.join());
    [clogged, released] = [[], []];
  }
  expect(clogged).toEqual([]);
  expect(orders).toEqual(new Set([true, false]));
  expect(sizes).toEqual(new Set([1, 2, 3, 4, 5]));
});

test('a swizzle holds back what its nodes say and hear, and loses nothing', async () => {
  const nodeIds = ['a', 'b', 'c'];
  const untilMs = 10_000;
  const lasts = { lastsMsMin: 5_000, lastsMsMax: 5_000 };
  const faults = drawn('swizzle', { nodeIds, untilMs, perMinute: { swizzle: 6 }, ...lasts });
  const network = { delay: { kind: 'constant', ms: 1 }, ordering: 'session' } as const;
  const talkers = new Talkers(nodeIds, { network });
  talkers.simulation.schedule(faults);
  await talkers.simulation.run(100);
  const said: string[] = [];
  for (let index = 0; index < 990; index += 1) {
    for (const to of ['b', 'c']) {
      said.push(`${to}${index}`);
      talkers.say('a', to, `${to}${index}`);
    }
    await talkers.simulation.run(10);
  }
  await talkers.simulation.run(1_000);
  const heard = talkers.heard.map(({ text }) => text);
  expect(heard.toSorted()).toEqual(said.toSorted());
  expect(heard).not.toEqual(said);
  const lateness = talkers.heard.map(({ text, atMs }) => atMs - 100 - 10 * Number(text.slice(1)));
  expect(Math.max(...lateness)).toBeGreaterThan(500);
});

test('one node alone has no link', () => {
  for (const kind of ['clog', 'reset', 'swizzle'] as const) {
    expect(drawn(kind, { nodeIds: ['a'] })).toEqual([]);
  }
});
