/*
 * Goal: whatever is lost, doubled, reordered or cut off, and whoever crashes, once all is well
 * everybody sees what each says of itself, and nobody who is not there.
 *
 * Method: six nodes, of which two reach the others only over one in the middle, say something new
 * now and then; some crash for good. Each seed draws its faults.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Awareness } from '../../src/replicator/awareness.ts';
import { jsonPresence } from '../../src/replicator/presence-codec.ts';

const codec = jsonPresence(String);
const untilMs = 20_000;
const nodeIds: readonly NodeId[] = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].map(nodeId);

test.each(seeds(process.env['SEED'], 10))('all see all in the end (SEED=%i)', async (seed) => {
  const simulation = new Simulation({
    ...{ seed, sameTimeOrder: 'random' },
    network: { lossRate: 0.1 * (seed % 3), duplicationRate: 0.1 },
  });
  const said = new Map<string, string>();
  const ends = new Map<NodeId, Awareness<string>>();
  for (const id of nodeIds) {
    simulation.addNode(id, ({ transport, clock, random }) => {
      const awareness = new Awareness({ transport, clock, random, codec, timeoutMs: 3_000 });
      ends.set(id, awareness);
      const speak = (): void => {
        clock.setTimer(1 + random.int(1_000), speak);
        if (simulation.nowMs > untilMs) return;
        said.set(id, `${id} at ${Math.round(simulation.nowMs)}`);
        awareness.set(said.get(id));
      };
      speak();
      return { stop: () => awareness.close() };
    });
  }
  simulation.schedule(
    randomSchedule(simulation.random, {
      ...{ nodeIds, untilMs, faultyAtOnceMax: 2, lastsMsMax: 5_000 },
      perMinute: { crash: 10, kill: 5, pause: 5, split: 15, isolate: 10, oneWay: 10, reset: 10 },
    }),
  );
  await simulation.run(untilMs);
  simulation.calm();
  await simulation.run(2_000);
  const [bridge, ...others] = nodeIds.slice(0, 4);
  const far = nodeIds.slice(4);
  simulation.partition(others, far);
  simulation.stop(others[0]!);
  simulation.crash(others[1]!);
  await simulation.run(10_000);
  for (const id of [bridge!, ...others.slice(2), ...far]) {
    const expected = new Map(
      [...said].filter(([name]) => name !== others[0] && name !== others[1]),
    );
    expect(new Map(ends.get(id)?.states), id).toEqual(expected);
  }
});
