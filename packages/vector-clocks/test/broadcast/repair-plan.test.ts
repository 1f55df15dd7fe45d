import { describe, expect, test } from 'vitest';

import { EpochTable } from '../../src/broadcast/epoch-table.ts';
import { PeerKnowledge } from '../../src/broadcast/peer-knowledge.ts';
import { RepairPlan, type RepairScene } from '../../src/broadcast/repair-plan.ts';
import { CausalBuffer } from '../../src/causal-buffer.ts';
import { membersOf } from '../support/members.ts';

const of = (...counters: number[]): Float64Array => Float64Array.from(counters);
const table = new EpochTable(1, membersOf('a@1', 'b@1', 'c@1'));
const [b, c] = [1, 2];
const first = (): number => 0;

interface Scene extends RepairScene {
  readonly buffer: CausalBuffer<string>;
  readonly plan: RepairPlan;
}

function sceneOf(delayMs = 10): Scene {
  const plan = new RepairPlan(of(0, 0, 0), delayMs);
  const buffer = new CausalBuffer<string>({ memberCount: 3 });
  return { table, buffer, peers: new PeerKnowledge(table, 0), plan };
}

describe('what is missing', () => {
  test('is asked for after a while, of one who has it', () => {
    const scene = sceneOf();
    scene.plan.note(of(0, 2, 0));
    scene.peers.hear(c, of(0, 2, 0));
    expect(scene.plan.due(0, scene, first)).toEqual([]);
    expect(scene.plan.due(9, scene, first)).toEqual([]);
    expect(scene.plan.due(10, scene, first)).toEqual([
      { peer: c, ranges: [{ origin: 'b@1', first: 1, count: 2 }] },
    ]);
  });

  test('is asked for again, after twice as long each time, up to 16 times', () => {
    const scene = sceneOf();
    scene.plan.note(of(0, 1, 0));
    scene.peers.hear(b, of(0, 1, 0));
    const asked: number[] = [];
    for (let nowMs = 0; nowMs < 1_000; nowMs += 1) {
      if (scene.plan.due(nowMs, scene, first).length > 0) asked.push(nowMs);
    }
    const gaps = asked.slice(1).map((atMs, index) => atMs - (asked[index] ?? 0));
    expect(gaps.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 160, 160]);
  });

  test('is asked for at once, if what was asked for came in part', () => {
    const scene = sceneOf();
    scene.plan.note(of(0, 5, 0));
    scene.peers.hear(b, of(0, 5, 0));
    scene.plan.due(0, scene, first);
    scene.plan.due(10, scene, first);
    scene.buffer.advance(b);
    expect(scene.plan.due(11, scene, first)).toMatchObject([{ ranges: [{ first: 2, count: 4 }] }]);
  });

  test('is not asked for while nobody says that it has it, nor beyond what one has', () => {
    const scene = sceneOf(0);
    scene.plan.note(of(0, 9, 0));
    expect(scene.plan.due(0, scene, first)).toEqual([]);
    scene.peers.hear(c, of(0, 3, 0));
    expect(scene.plan.due(0, scene, first)).toMatchObject([
      { peer: c, ranges: [{ first: 1, count: 3 }] },
    ]);
  });

  test('is asked for in pieces around what is held', () => {
    const scene = sceneOf(0);
    scene.buffer.offer(b, of(0, 2, 0), 'b2');
    scene.buffer.offer(b, of(0, 3, 0), 'b3');
    scene.plan.note(of(0, 5, 0));
    scene.peers.hear(b, of(0, 5, 0));
    expect(scene.plan.due(0, scene, first)).toEqual([
      {
        peer: b,
        ranges: [
          { origin: 'b@1', first: 1, count: 1 },
          { origin: 'b@1', first: 4, count: 2 },
        ],
      },
    ]);
  });

  test('is asked for in pieces of a bounded size', () => {
    const scene = sceneOf(0);
    scene.plan.note(of(0, 2 ** 40, 0));
    scene.peers.hear(b, of(0, 2 ** 40, 0));
    expect(scene.plan.due(0, scene, first)).toMatchObject([{ ranges: [{ first: 1, count: 512 }] }]);
  });

  test('is forgotten when it came, or is given up', () => {
    const scene = sceneOf(0);
    scene.plan.note(of(0, 1, 1));
    scene.peers.hear(b, of(0, 1, 1));
    expect(scene.plan.isMissing(scene.buffer)).toBe(true);
    scene.buffer.advance(b);
    scene.plan.giveUp(c, 0);
    expect(scene.plan.isMissing(scene.buffer)).toBe(false);
    expect(scene.plan.due(0, scene, first)).toEqual([]);
  });
});
