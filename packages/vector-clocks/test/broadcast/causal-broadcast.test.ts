import { Simulation, type SimulationOptions } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { CausalDelivery } from '../../src/broadcast/causal-delivery.ts';
import type { Member } from '../../src/broadcast/member.ts';
import { compare } from '../../src/vector-clock.ts';
import { type GroupTuning, SimulatedGroup } from '../support/simulated-group.ts';

const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')];

interface Scene {
  readonly simulation: Simulation;
  readonly group: SimulatedGroup;
}

/** Nodes that have started, and no epoch yet. */
async function nodesOf(
  nodeCount: number,
  tuning: GroupTuning = {},
  options: Partial<SimulationOptions> = {},
): Promise<Scene> {
  const simulation = new Simulation({ seed: 1, ...options });
  const group = new SimulatedGroup(simulation, nodeCount, tuning);
  await simulation.run(100);
  return { simulation, group };
}

/** Nodes that have begun a group. */
async function groupOf(...args: Parameters<typeof nodesOf>): Promise<Scene> {
  const scene = await nodesOf(...args);
  scene.group.install(scene.group.membersOf(scene.group.nodeIds));
  await scene.simulation.run(100);
  return scene;
}

const heardBy = ({ group }: Scene, id: NodeId): readonly string[] =>
  group.life(id).heard.map(({ name }) => name);

async function restart({ simulation, group }: Scene, id: NodeId): Promise<Member> {
  simulation.crash(id);
  await simulation.run(10);
  simulation.restart(id);
  await simulation.run(10);
  return group.life(id).member;
}

describe('publishing', () => {
  test('delivers to all, here at once, and is forgotten when all have it', async () => {
    const cuts: string[] = [];
    const scene = await groupOf(3, { onStable: (cut) => cuts.push(JSON.stringify(cut)) });
    const { simulation, group } = scene;
    const outcome = group.publish(n1, 'x');
    expect(outcome).toEqual({ kind: 'accepted', origin: 'n1@1', counter: 1 });
    expect(heardBy(scene, n1)).toEqual(['n1@1:1']);
    await simulation.run(3_000);
    for (const id of group.nodeIds) {
      expect(heardBy(scene, id)).toEqual(['n1@1:1']);
      const { stats, stableCut, clock } = group.life(id).broadcast;
      expect(stats).toMatchObject({ keptCount: 0, keptBytes: 0, waitingCount: 0, epoch: 1 });
      expect([stableCut.toJSON(), clock.toJSON()]).toEqual([{ 'n1@1': 1 }, { 'n1@1': 1 }]);
      expect(stats.repairedCount + stats.duplicateCount).toBe(0);
    }
    expect(cuts).toEqual(['{"n1@1":1}', '{"n1@1":1}', '{"n1@1":1}']);
  });

  test('gives each delivery its past', async () => {
    const scene = await groupOf(2);
    scene.group.publish(n1, 'question');
    await scene.simulation.run(100);
    scene.group.publish(n2, 'answer');
    await scene.simulation.run(100);
    const [question, answer] = scene.group.life(n1).heard.map(({ delivery }) => delivery);
    if (question === undefined || answer === undefined) throw new Error('expected two deliveries');
    expect(compare(question.clock, answer.clock)).toBe('before');
    expect(answer.clock.toJSON()).toEqual({ 'n1@1': 1, 'n2@1': 1 });
    expect(new TextDecoder().decode(answer.payload)).toBe('answer');
  });

  test('from within a delivery comes after it, everywhere', async () => {
    const order: string[] = [];
    const scene: Scene = await groupOf(2, {
      onDeliver: ({ origin, counter }) => {
        const at = `${origin}:${counter}`;
        order.push(`begin ${at}`);
        if (at === 'n1@1:1' && order.length === 1) {
          scene.group.publish(n1, 'more');
          scene.group.publish(n1, 'and more');
        }
        order.push(`end ${at}`);
      },
    });
    scene.group.publish(n1, 'first');
    const names = ['n1@1:1', 'n1@1:2', 'n1@1:3'];
    expect(order).toEqual(names.flatMap((name) => [`begin ${name}`, `end ${name}`]));
    await scene.simulation.run(1_000);
    expect(heardBy(scene, n2)).toEqual(names);
  });

  test('is refused beyond the window, and the publisher is told when it opens', async () => {
    let writableCount = 0;
    const scene = await groupOf(2, {
      windowCountMax: 2,
      onWritable: () => {
        writableCount += 1;
      },
    });
    const kinds = ['a', 'b', 'c'].map((text) => scene.group.publish(n1, text).kind);
    expect(kinds).toEqual(['accepted', 'accepted', 'full']);
    await scene.simulation.run(1_000);
    expect([writableCount, scene.group.publish(n1, 'c').kind]).toEqual([1, 'accepted']);
    await scene.simulation.run(1_000);
    expect(heardBy(scene, n2)).toEqual(['n1@1:1', 'n1@1:2', 'n1@1:3']);
  });

  test('stays refused while a member is away, until it is none', async () => {
    const scene = await groupOf(3, { windowCountMax: 1 });
    scene.simulation.crash(n3);
    await scene.simulation.run(10);
    expect(scene.group.publish(n1, 'a').kind).toBe('accepted');
    await scene.simulation.run(20_000);
    expect(scene.group.publish(n1, 'b').kind).toBe('full');
    scene.group.agree(scene.group.membersOf([n1, n2]));
    for (const id of [n1, n2]) scene.group.tell(id);
    await scene.simulation.run(1_000);
    expect(scene.group.publish(n1, 'b').kind).toBe('accepted');
  });

  test('of what is no bytes, or too much, changes nothing', async () => {
    const scene = await groupOf(2, {}, { network: { maxPayloadBytes: 1_200 } });
    const { broadcast } = scene.group.life(n1);
    expect(() => broadcast.publish('x' as never)).toThrow('payload: expected bytes, got string');
    expect(() => broadcast.publish(new Uint8Array(1_200))).toThrow(
      'payload: expected at most 1200',
    );
    expect(broadcast.publish(new Uint8Array(1_100))).toMatchObject({ counter: 1 });
  });
});

describe('what is lost', () => {
  test('is asked for, of those who have it', async () => {
    const scene = await groupOf(3);
    scene.simulation.partition([n3], [n1]);
    scene.group.publish(n1, 'x');
    await scene.simulation.run(3_000);
    expect(heardBy(scene, n3)).toEqual(['n1@1:1']);
    expect(scene.group.life(n2).broadcast.stats.repairedCount).toBeGreaterThan(0);
  });

  test('comes in pieces, and all of it, to one who was away for long', async () => {
    const scene = await groupOf(3, { repairBytesMax: 2_000, waitingCountMax: 20 });
    scene.simulation.partition([n3], [n1, n2]);
    for (let count = 0; count < 300; count += 1) {
      scene.group.publish(count % 2 === 0 ? n1 : n2, 'x'.repeat(50));
      await scene.simulation.run(3);
    }
    scene.simulation.heal();
    await scene.simulation.run(10_000);
    expect(heardBy(scene, n3)).toHaveLength(300);
    expect(scene.group.life(n3).broadcast.stats).toMatchObject({ keptCount: 0, waitingCount: 0 });
  });

  test('is not what was damaged: that is counted and dropped', async () => {
    const scene = await groupOf(2, {}, { network: { damageRate: 0.3, damaged: 'delivered' } });
    for (let count = 0; count < 50; count += 1) scene.group.publish(n1, 'x'.repeat(20));
    await scene.simulation.run(500);
    expect(scene.group.life(n2).broadcast.stats.malformedCount).toBeGreaterThan(0);
  });
});

describe('members', () => {
  test('that join later begin with the state, and go on from there', async () => {
    const scene = await nodesOf(3);
    const { group, simulation } = scene;
    group.install(group.membersOf([n1, n2]));
    for (let count = 0; count < 20; count += 1) group.publish(n1, `${count}`);
    await simulation.run(5_000);
    expect(group.publish(n3, 'x')).toEqual({ kind: 'joining' });
    group.publish(n2, 'not stable yet');
    group.install(group.membersOf([n1, n2, n3]));
    expect(group.life(n3).broadcast.membership).toBe('joining');
    await simulation.run(1_000);
    group.publish(n1, 'from now on');
    await simulation.run(1_000);
    expect(group.life(n3).broadcast.membership).toBe('member');
    expect(group.life(n3).names).toEqual(group.life(n1).names);
    expect(group.life(n3).names.size).toBe(22);
    expect(heardBy(scene, n3).slice(-1)).toEqual(['n1@1:21']);
    expect(group.life(n3).broadcast.clock.toJSON()).toEqual({ 'n1@1': 21, 'n2@1': 1 });
  });

  test('that restart are others, and have what they had', async () => {
    const scene = await groupOf(3);
    const { group, simulation } = scene;
    group.publish(n3, 'before');
    await simulation.run(1_000);
    const again = await restart(scene, n3);
    expect(group.publish(n3, 'x')).toEqual({ kind: 'joining' });
    group.install([...group.membersOf([n1, n2]), again]);
    await simulation.run(2_000);
    expect(group.publish(n3, 'after')).toMatchObject({ origin: 'n3@2', counter: 1 });
    await simulation.run(2_000);
    expect(heardBy(scene, n1)).toEqual(['n3@1:1', 'n3@2:1']);
    expect([...group.life(n3).names]).toEqual(['n3@1:1', 'n3@2:1']);
  });

  test('that were removed publish nothing, and nobody hears them', async () => {
    const scene = await groupOf(3);
    const { group, simulation } = scene;
    group.agree(group.membersOf([n1, n2]));
    for (const id of [n1, n2]) group.tell(id);
    // It has not heard of it.
    expect(group.publish(n3, 'x')).toMatchObject({ kind: 'accepted' });
    await simulation.run(2_000);
    expect([...heardBy(scene, n1), ...heardBy(scene, n2)]).toEqual([]);
    expect(group.life(n1).broadcast.stats.strangerCount).toBeGreaterThan(0);
    group.tell(n3);
    expect([group.publish(n3, 'y').kind, group.life(n3).broadcast.membership]).toEqual([
      ...['removed', 'removed'],
    ]);
    expect(group.publish(n1, 'z').kind).toBe('accepted');
    await simulation.run(2_000);
    expect([heardBy(scene, n3), heardBy(scene, n2)]).toEqual([['n3@1:1'], ['n1@1:1']]);
  });

  test('that crash leave to all what anybody had', async () => {
    const scene = await groupOf(3);
    const { group, simulation } = scene;
    simulation.partition([n1], [n3]);
    group.publish(n3, 'x');
    await simulation.run(10);
    simulation.crash(n3);
    await simulation.run(500);
    group.agree(group.membersOf([n1, n2]));
    for (const id of [n1, n2]) group.tell(id);
    await simulation.run(2_000);
    expect([heardBy(scene, n1), heardBy(scene, n2)]).toEqual([['n3@1:1'], ['n3@1:1']]);
    expect(group.life(n1).broadcast.stats).toMatchObject({ keptCount: 0, memberCount: 2 });
  });

  test('may change from within a delivery', async () => {
    const scene: Scene = await groupOf(3, {
      onDeliver: ({ counter }: CausalDelivery) => {
        if (counter === 1 && scene.group.epoch === 1) {
          scene.group.install(scene.group.membersOf([n1, n2]));
        }
      },
    });
    scene.group.publish(n1, 'x');
    expect(scene.group.life(n1).broadcast.stats).toMatchObject({ epoch: 2, memberCount: 2 });
    expect(scene.group.life(n3).broadcast.membership).toBe('removed');
  });

  test('are told of each epoch, in order', async () => {
    const { group } = await groupOf(2);
    const { broadcast } = group.life(n1);
    const members = group.membersOf([n1, n2]);
    expect(() => {
      broadcast.setMembers(3, members);
    }).toThrow(new RangeError('epoch: expected 2, got 3'));
    broadcast.setMembers(1, group.membersOf([n2]));
    expect(broadcast.membership).toBe('member');
    for (const epoch of [0, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => {
        broadcast.setMembers(epoch, members);
      }).toThrow('epoch: expected an integer of at least 1');
    }
    expect(() => {
      broadcast.setMembers(2, []);
    }).toThrow('members: expected at least 1, got 0');
    expect(broadcast.stats.epoch).toBe(1);
  });
});

describe('an application that throws', () => {
  test('is told so, and harms nobody', async () => {
    const errors: unknown[] = [];
    const scene = await groupOf(2, {
      onDeliver: () => {
        throw new Error('no');
      },
      onError: (error) => errors.push(error),
    });
    expect(scene.group.publish(n1, 'x').kind).toBe('accepted');
    await scene.simulation.run(1_000);
    expect(errors).toEqual([new Error('no'), new Error('no')]);
    expect(scene.group.life(n2).broadcast.stats).toMatchObject({ deliveredCount: 1, keptCount: 0 });
  });
});

describe('after close', () => {
  test('nothing is published, delivered or sent', async () => {
    const scene = await groupOf(2);
    const { broadcast } = scene.group.life(n2);
    broadcast.close();
    broadcast.close();
    expect(() => broadcast.publish(new Uint8Array(0))).toThrow(
      'broadcast: expected an open one, got one that was closed',
    );
    scene.group.publish(n1, 'x');
    const before = broadcast.stats.reportedCount;
    await scene.simulation.run(1_000);
    expect([heardBy(scene, n2), broadcast.stats.reportedCount]).toEqual([[], before]);
  });
});

describe('a receiver of errors that throws itself', () => {
  test('does not keep the next message from being delivered', async () => {
    const scene = await groupOf(1, {
      onDeliver: ({ counter }) => {
        if (counter === 1) throw new Error('no');
      },
    });
    expect(() => scene.group.publish(n1, 'x')).toThrow('no');
    expect(scene.group.publish(n1, 'y')).toMatchObject({ kind: 'accepted', counter: 2 });
    expect(heardBy(scene, n1)).toEqual(['n1@1:1', 'n1@1:2']);
  });
});

describe('a member that is closed from within a delivery', () => {
  test('delivers nothing more', async () => {
    const scene: Scene = await groupOf(2, {
      onDeliver: ({ counter }) => {
        if (counter > 1) return;
        scene.group.publish(n1, 'more');
        scene.group.life(n1).broadcast.close();
      },
    });
    scene.group.publish(n1, 'x');
    expect(heardBy(scene, n1)).toEqual(['n1@1:1']);
  });
});

describe('a peer whose queue fills up', () => {
  test('is spared, and asks for what it missed', async () => {
    const network = { highWaterBytes: 2_000, maxQueueBytes: 20_000, maxPayloadBytes: 10_000 };
    const scene = await groupOf(2, {}, { network });
    for (let count = 0; count < 200; count += 1) scene.group.publish(n1, 'x'.repeat(100));
    await scene.simulation.run(20_000);
    expect(heardBy(scene, n2)).toHaveLength(200);
    expect(scene.group.life(n1).broadcast.stats.repairedCount).toBeGreaterThan(100);
  });
});

describe('options', () => {
  test.each([
    [{ intervalMs: 0 }, 'intervalMs: expected more than 0, got 0'],
    [{ joinTimeoutMs: Infinity }, 'joinTimeoutMs: expected more than 0, got Infinity'],
    [{ repairDelayMs: -1 }, 'repairDelayMs: expected at least 0, got -1'],
    [{ fanout: 0 }, 'fanout: expected an integer of at least 1, got 0'],
    [{ windowCountMax: Number.NaN }, 'windowCountMax: expected an integer of at least 1, got NaN'],
    [{ group: 'A' }, 'group: expected 1..47 characters of a-z 0-9 . _ / -, got "A"'],
    [{ group: '' }, 'group: expected 1..47 characters of a-z 0-9 . _ / -, got ""'],
    [{ incarnation: -1 }, 'incarnation: expected an integer of at least 0, got -1'],
  ])('%j is refused', async (tuning, message) => {
    await expect(nodesOf(1, tuning)).rejects.toThrow(message);
  });

  test('more members than a report over this transport can name are refused', async () => {
    const { group } = await nodesOf(1, {}, { network: { maxPayloadBytes: 1_200 } });
    const members = Array.from({ length: 60 }, (_, place) => ({
      ...{ node: nodeId(`n${place + 1}`), incarnation: 1 },
    }));
    const { broadcast } = group.life(n1);
    expect(() => {
      broadcast.setMembers(1, members);
    }).toThrow('members: expected a report of at most 1200 bytes');
    expect(broadcast.membership).toBe('none');
  });

  test('two groups share a transport', async () => {
    const simulation = new Simulation({ seed: 1 });
    const left = new SimulatedGroup(simulation, 2, { group: 'left' });
    await simulation.run(10);
    left.install(left.membersOf(left.nodeIds));
    left.publish(n1, 'x');
    await simulation.run(100);
    expect(left.life(n2).heard).toHaveLength(1);
  });
});
