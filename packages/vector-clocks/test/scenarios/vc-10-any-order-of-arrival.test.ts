/*
 * What goes wrong elsewhere: a buffer looks at all that waits after every delivery, which is n^2 in
 * the worst order; it keeps what came twice for ever; or it delivers an answer before its question
 * because only the order of each origin was kept.
 */
import { Simulation } from '@quorate/simulation';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CausalBuffer } from '../../src/causal-buffer.ts';
import { CausalityChecker } from '../support/causality-checker.ts';
import { historyOf, type Published } from '../support/histories.ts';
import { SimulatedGroup } from '../support/simulated-group.ts';

const memberCount = 8;
const random = seededRandom(10);
const history = historyOf(
  memberCount,
  Array.from({ length: 4_000 }, (_, place) => ({
    who: random.int(memberCount),
    from: Math.max(0, place - 1 - random.int(20)),
  })),
);

function shuffled(messages: readonly Published[]): readonly Published[] {
  const order = [...messages];
  for (let place = order.length - 1; place > 0; place -= 1) {
    const other = random.int(place + 1);
    const [left, right] = [order[place], order[other]];
    if (left === undefined || right === undefined) continue;
    order[place] = right;
    order[other] = left;
  }
  return order;
}

const arrivals: Readonly<Record<string, readonly Published[]>> = {
  'as it happened': history,
  backwards: history.toReversed(),
  'in any order': shuffled(history),
  'with every message three times': shuffled([...history, ...history, ...history]),
  'with a third lost at first': shuffled(history.filter((_, place) => place % 3 !== 0)).concat(
    shuffled(history),
  ),
};

describe('4,000 messages of 8 members', () => {
  test.each(Object.entries(arrivals))('%s come out once, after their past', (_name, order) => {
    const buffer = new CausalBuffer<Published>({ memberCount, waitingCountMax: history.length });
    const seen = new Float64Array(memberCount);
    let count = 0;
    for (const message of order) {
      buffer.offer(message.origin, message.vector, message);
      for (let next = buffer.take(); next !== undefined; next = buffer.take()) {
        const { origin, vector } = next;
        seen[origin] = (seen[origin] ?? 0) + 1;
        const isNext = seen[origin] === vector[origin];
        expect(isNext && vector.every((needed, at) => needed <= (seen[at] ?? 0))).toBe(true);
        count += 1;
      }
    }
    expect([count, buffer.waitingCount, buffer.waitingBytes]).toEqual([history.length, 0, 0]);
    // Once for each entry that it lacked, however much waited.
    expect(buffer.wakeCount).toBeLessThanOrEqual(history.length * memberCount);
  });

  test('backwards of one member wake each other one by one', () => {
    const buffer = new CausalBuffer<number>({ memberCount: 1, waitingCountMax: 10_000 });
    for (let counter = 10_000; counter >= 1; counter -= 1) {
      buffer.offer(0, Float64Array.of(counter), counter);
    }
    let last = 0;
    for (let next = buffer.take(); next !== undefined; next = buffer.take()) {
      expect(next.message).toBe(last + 1);
      last = next.message;
    }
    expect([last, buffer.wakeCount]).toEqual([10_000, 9_999]);
  });
});

test('a group delivers all over a network that loses a third and doubles a third', async () => {
  const simulation = new Simulation({
    seed: 10,
    network: {
      ...{ lossRate: 0.33, duplicationRate: 0.33 },
      delay: { kind: 'uniform', minMs: 1, maxMs: 300 },
    },
  });
  const group = new SimulatedGroup(simulation, 5);
  const checker = new CausalityChecker(group);
  await simulation.run(10);
  group.install(group.membersOf(group.nodeIds));
  for (let turn = 0; turn < 100; turn += 1) {
    for (const id of group.nodeIds) checker.publish(group.life(id), new Uint8Array(10));
    await simulation.run(20);
  }
  await simulation.run(20_000);
  checker.expectConverged();
  for (const { broadcast } of group.allLives) {
    expect(broadcast.stats).toMatchObject({ deliveredCount: 500, waitingCount: 0, keptCount: 0 });
  }
});
