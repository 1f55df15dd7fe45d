/*
 * Goal: whatever is lost, doubled, reordered or cut off, and whoever crashes meanwhile, once all is
 * well every node has every item, and nobody has anything that nobody added.
 *
 * Method: four nodes with sets that differ in much at first. Each adds an item now and then, and
 * compares its set with a random other one every 400 ms. What a node has is durable here: a crash
 * takes its comparisons, not its items. Each seed draws its faults; then all is calm.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import { createRequester, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { SetReconciler } from '../../src/reconciliation/set-reconciler.ts';
import { ByteSet, ids } from '../support/byte-set.ts';

const replay = process.env['SEED'];
const nodeIds = ['n1', 'n2', 'n3', 'n4'].map(nodeId);
const FAULTY_MS = 20_000;

interface Stage {
  readonly simulation: Simulation;
  readonly sets: ReadonlyMap<string, ByteSet>;
  readonly outcomes: Map<string, number>;
}

function stageOf(seed: number, lossRate: number, duplicationRate: number): Stage {
  const simulation = new Simulation({
    seed,
    network: { lossRate, duplicationRate, delay: { kind: 'uniform', minMs: 1, maxMs: 40 } },
  });
  const sets = new Map(
    nodeIds.map((id, place) => [
      id,
      new ByteSet([...ids('all', 300), ...ids(id, 40 * place ** 2)]),
    ]),
  );
  const outcomes = new Map<string, number>();
  for (const id of nodeIds) {
    simulation.addNode(id, ({ transport, clock, random }) => {
      const set = sets.get(id) ?? new ByteSet();
      const requester = createRequester(transport, clock);
      const reconciler = new SetReconciler({
        ...{ set, requester, random, requestTimeoutMs: 200, requestAttempts: 5 },
        ...{ messageBytesMax: 1_024, itemBytesMax: 64, sessionCountMax: 2 },
      });
      const others = nodeIds.filter((other) => other !== id);
      const turn = async (): Promise<void> => {
        const peer = others[random.int(others.length)];
        if (peer === undefined) return;
        const { kind } = await reconciler.reconcile(peer);
        outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
        clock.setTimer(400, () => void turn());
      };
      const grow = (): void => {
        if (simulation.nowMs > FAULTY_MS) return;
        set.texts.add(`${id} at ${clock.nowMs()} ${random.uint32()}`);
        clock.setTimer(500, grow);
      };
      clock.setTimer(random.int(400), () => void turn());
      grow();
      return {
        stop: () => {
          reconciler.close();
          requester.close();
        },
      };
    });
  }
  return { simulation, sets, outcomes };
}

describe('sets that grow and are compared pairwise', () => {
  test.each(seeds(replay, 12))('are equal once all is calm (SEED=%i)', async (seed) => {
    const { simulation, sets, outcomes } = stageOf(seed, 0.05 + (seed % 3) * 0.05, 0.1);
    simulation.schedule(
      randomSchedule(simulation.random, {
        nodeIds,
        untilMs: FAULTY_MS,
        perMinute: { crash: 6, split: 6, clog: 3, loss: 3 },
      }),
    );
    await simulation.run(FAULTY_MS);
    const added = new Set([...sets.values()].flatMap((set) => [...set.texts]));
    simulation.calm();
    await simulation.run(20_000);
    const all = [...added].sort();
    for (const [id, set] of sets) expect([id, set.sorted()]).toEqual([id, all]);
    expect(outcomes.get('reconciled')).toBeGreaterThan(20);
    expect(outcomes.has('incompatible')).toBe(false);
  });
});
