/*
 * What goes wrong elsewhere: a message is forgotten that somebody has not seen, because the one who
 * joined was not asked, or one who left was still believed; or nothing is forgotten any more,
 * because one who crashed never answers again.
 */
import { Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { CausalBroadcast } from '../../src/broadcast/causal-broadcast.ts';
import { type Member, memberId } from '../../src/broadcast/member.ts';
import { type Life, SimulatedGroup } from '../support/simulated-group.ts';

const [n1, n2, n3, n4] = ['n1', 'n2', 'n3', 'n4'].map(nodeId);

/** Holds every life to this: what it calls stable, all members of its epoch have. */
class StabilityChecker {
  readonly group: SimulatedGroup;
  /** By node of a joiner: what was called stable before it had its state. */
  readonly #owed = new Map<string, Set<string>>();
  checkedCount = 0;

  constructor(simulation: Simulation, nodeCount: number) {
    const tuning = { intervalMs: 20, repairDelayMs: 20 };
    this.group = new SimulatedGroup(simulation, nodeCount, tuning, (options) => {
      const broadcast: CausalBroadcast = new CausalBroadcast({
        ...options,
        onStable: () => {
          this.check(broadcast);
        },
      });
      return broadcast;
    });
    this.group.onRestore = (life) => {
      for (const name of this.#owed.get(life.id) ?? []) this.#expectSeen(life, name);
    };
  }

  check(broadcast: CausalBroadcast): void {
    for (const [id, count] of broadcast.stableCut) {
      for (let counter = 1; counter <= count; counter += 1) {
        for (const member of this.group.membersIn(broadcast.stats.epoch)) {
          this.#checkOne(member, `${id}:${counter}`);
        }
      }
    }
  }

  #checkOne(member: Member, name: string): void {
    this.checkedCount += 1;
    const life = this.group.allLives.find(({ id }) => id === memberId(member));
    if (life === undefined) throw new Error(`no ${memberId(member)}`);
    if (!['none', 'joining'].includes(life.broadcast.membership)) {
      this.#expectSeen(life, name);
      return;
    }
    const owed = this.#owed.get(life.id) ?? new Set<string>();
    this.#owed.set(life.id, owed.add(name));
  }

  #expectSeen(life: Life, name: string): void {
    if (!life.names.has(name)) throw new Error(`${name} is called stable, ${life.id} lacks it`);
  }
}

test('what is stable was seen by all members, whoever leaves, crashes or joins', async () => {
  const simulation = new Simulation({ seed: 11, network: { lossRate: 0.2, duplicationRate: 0.2 } });
  const checker = new StabilityChecker(simulation, 4);
  const { group } = checker;
  const publishAll = async (turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) {
      for (const id of group.nodeIds) {
        if (simulation.stateOf(id) === 'running') group.publish(id, `${turn}`);
      }
      await simulation.run(15);
    }
  };
  const stableCount = (): number => {
    let count = 0;
    for (const [, counter] of group.life(n1).broadcast.stableCut) count += counter;
    return count;
  };

  await simulation.run(10);
  group.install(group.membersOf(group.nodeIds.slice(0, 3)));
  await publishAll(50);
  await simulation.run(2_000);
  expect(stableCount()).toBe(150);

  // One crashes: nothing becomes stable that it has not acknowledged, however long it is away.
  simulation.crash(n3 ?? nodeId('n3'));
  await publishAll(50);
  await simulation.run(5_000);
  expect(stableCount()).toBe(150);

  // It leaves, another one joins: all goes on once that one has its state.
  group.agree(group.membersOf([n1, n2, n4].flatMap((id) => id ?? [])));
  for (const id of [n1, n2, n4]) if (id !== undefined) group.tell(id);
  await publishAll(50);
  await simulation.run(5_000);
  expect(stableCount()).toBeGreaterThan(300);

  // The first one is back, as another one; the members hear of it one after the other.
  simulation.restart(n3 ?? nodeId('n3'));
  await simulation.run(10);
  group.agree(group.membersOf(group.nodeIds));
  for (const id of group.nodeIds.toReversed()) {
    await publishAll(10);
    group.tell(id);
  }
  await publishAll(50);
  await simulation.run(5_000);
  const [first, ...others] = group.nodeIds.map((id) => group.life(id));
  for (const life of others) {
    expect([...life.names].sort()).toEqual([...(first?.names ?? [])].sort());
    expect(life.broadcast.stats).toMatchObject({ keptCount: 0, waitingCount: 0, epoch: 3 });
  }
  // Of the life that crashed nobody speaks any more: all have the same of it.
  const spokenOf = [...(first?.names ?? [])].filter((name) => !name.startsWith('n3@1:'));
  expect(stableCount()).toBe(spokenOf.length);
  expect(checker.checkedCount).toBeGreaterThan(1_000);
});
