import { expect, test } from 'vitest';

import { FairLine, type TenantWaiting } from '../../src/waiting/fair-line.ts';

function request(tenant: string, cost = 1): TenantWaiting {
  return { tenant, cost, priority: 'normal' };
}

/** A line, and what was served in it. */
class Scene {
  readonly line: FairLine<TenantWaiting>;

  constructor(maxTenants = 10) {
    this.line = new FairLine({ maxTenants });
  }

  add(tenant: string, count: number, weight = 1, cost = 1): void {
    for (let added = 0; added < count; added += 1) this.line.add(request(tenant, cost), weight);
  }

  /** Whose the next turns were. */
  serve(count: number): string {
    let tenants = '';
    for (let turn = 0; turn < count; turn += 1) {
      const next = this.line.next();
      if (next === undefined) break;
      tenants += next.tenant;
      this.line.served(next);
    }
    return tenants;
  }
}

test('tenants take turns, however many requests each has waiting', () => {
  const scene = new Scene();
  scene.add('a', 100);
  scene.add('b', 3);
  scene.add('c', 2);
  expect(scene.serve(10)).toBe('abcabcabaa');
});

test('a newcomer waits for one turn of each, whatever they have waiting', () => {
  const scene = new Scene();
  scene.add('a', 100);
  expect(scene.serve(50)).toBe('a'.repeat(50));
  scene.add('b', 1);
  expect(scene.serve(2)).toBe('ba');
});

test('weights are parts of the turns, costs are parts of a turn', () => {
  const scene = new Scene();
  scene.add('a', 100);
  scene.add('b', 100, 2);
  scene.add('c', 100, 1, 4);
  const turns = scene.serve(65);
  const count = (tenant: string) => turns.split(tenant).length - 1;
  // Of 13 turns, four of a, eight of b, and one of c, which costs as much as a's four.
  expect([count('a'), count('b'), count('c')]).toEqual([20, 40, 5]);
});

test('a rest is no credit', () => {
  const scene = new Scene();
  scene.add('a', 100);
  scene.add('b', 1);
  scene.serve(42);
  scene.add('b', 100);
  expect(scene.serve(6)).toBe('bababa');
});

test('who comes again at once has had its turn', () => {
  const scene = new Scene();
  scene.add('a', 10);
  let turns = '';
  for (let round = 0; round < 4; round += 1) {
    scene.add('b', 1, 1, 3);
    turns += scene.serve(2);
  }
  // Each of b's costs three of a's.
  expect(turns).toBe('abaabaaa');
});

test('who leaves before its turn costs its tenant nothing', () => {
  const scene = new Scene();
  scene.add('a', 10);
  const gone = request('b', 100);
  scene.line.add(gone, 1);
  scene.line.remove(gone);
  scene.line.remove(gone);
  scene.add('b', 1);
  expect(scene.serve(3)).toBe('aba');
  expect([scene.line.size, scene.line.tenantCount]).toEqual([8, 1]);
});

test('few tenants that rest are remembered, and none gains by being forgotten', () => {
  const scene = new Scene(2);
  scene.add('a', 100);
  let turns = '';
  for (let round = 0; round < 40; round += 1) {
    const stranger = `stranger ${round}`;
    scene.add(stranger, 1, 1, 2);
    while (scene.line.sizeOf(stranger) > 0) turns += scene.serve(1).slice(0, 1);
    expect(scene.line.restedCount).toBeLessThanOrEqual(2);
  }
  // Strangers without end, each for the first time, would else have all the turns.
  expect(turns.split('a').length - 1).toBeGreaterThanOrEqual(10);
  expect(turns.split('s').length - 1).toBe(40);
});

test('a full line lets in who has less waiting, in place of the last of who has most', () => {
  const scene = new Scene(3);
  const last = request('a');
  scene.add('a', 2);
  scene.line.add(last, 1);
  scene.add('b', 2);
  expect(scene.line.outnumbered('c')).toBe(last);
  expect(scene.line.outnumbered('b')).toBeUndefined();
  expect(scene.line.outnumbered('a')).toBeUndefined();
  scene.add('c', 1);
  expect([scene.line.hasRoomFor('d'), scene.line.hasRoomFor('a')]).toEqual([false, true]);
  expect(() => scene.line.add(request('d'), 1)).toThrow('only so many tenants wait');
});

test('what comes before a newcomer is a turn of each, before another of who has some, all', () => {
  const scene = new Scene();
  scene.add('a', 10);
  scene.add('b', 2, 1, 3);
  expect(scene.line.costBefore('c', 'normal', 1)).toBe(4);
  // Ten of a, and both of b: the second one's turn is at 3.
  expect(scene.line.costBefore('a', 'normal', 1)).toBe(16);
  // One of a at each of 0, 1, 2, 3, 4, 5 and 6, and those of b before it.
  expect(scene.line.costBefore('b', 'normal', 1)).toBe(13);
});

test('clocks that go far are set back together', () => {
  const scene = new Scene();
  const huge = 2 ** 31 - 1;
  scene.add('a', 8, 1, huge);
  scene.add('b', 8, 2, huge);
  scene.add('c', 1_000, 1_000, huge);
  const turns = scene.serve(200);
  expect(turns.split('b').length - 1).toBeLessThanOrEqual(8);
  expect(turns).toMatch(/^[abc]+$/);
  expect(turns).toHaveLength(200);
});
