import { Simulation } from '@quorate/simulation';
import { nodeId, type NodeId, protocolName } from '@quorate/transport';

import { constantPeer, type Metric, type Suite } from '../suite.ts';

const rate: Metric = { name: 'rate', unit: 'events/s', better: 'higher' };

const goal = constantPeer('goal', { rate: 1_000_000 });

/** Events a real second simulates, in `forMs` of virtual time after a start that does not count. */
async function measureRate(simulation: Simulation, forMs: number): Promise<number> {
  await simulation.run(1_000);
  const before = simulation.eventCount;
  const beganMs = performance.now();
  await simulation.run(forMs);
  return ((simulation.eventCount - before) * 1_000) / (performance.now() - beganMs);
}

/** One node with 100 timers of 1 ms, whose callbacks do nothing but set them anew. */
async function timers(afterEach?: () => Promise<void>): Promise<number> {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(nodeId('n'), ({ clock }) => {
    const tick = (): void => {
      clock.setTimer(1, tick);
      if (afterEach !== undefined) void afterEach();
    };
    for (let index = 0; index < 100; index += 1) clock.setTimer(index / 100, tick);
    return {};
  });
  return measureRate(simulation, 10_000);
}

/** Three reactions in a row, as a write to disk leaves behind. */
async function react(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
}

const gossip = protocolName('gossip');

/** Nodes that send each other vectors of counters every 50 ms, over a network that loses some. */
async function gossiping(nodeCount: number): Promise<number> {
  const network = { lossRate: 0.05, duplicationRate: 0.01 };
  const simulation = new Simulation({ seed: 1, network });
  const ids = Array.from({ length: nodeCount }, (_, index) => nodeId(`n${index}`));
  ids.forEach((id, index) => addGossiper(simulation, id, ids, index));
  return measureRate(simulation, 50_000_000 / nodeCount ** 2);
}

function addGossiper(
  simulation: Simulation,
  id: NodeId,
  ids: readonly NodeId[],
  index: number,
): void {
  simulation.addNode(id, ({ transport, clock }) => {
    const vector = new Uint8Array(4 * ids.length);
    const view = new DataView(vector.buffer);
    transport.subscribe(gossip, ({ payload }) => {
      const theirs = new DataView(payload.buffer, payload.byteOffset);
      for (let at = 0; at < vector.length; at += 4) {
        view.setUint32(at, Math.max(view.getUint32(at), theirs.getUint32(at)));
      }
    });
    const tick = (): void => {
      view.setUint32(4 * index, view.getUint32(4 * index) + 1);
      for (const to of ids) if (to !== id) transport.send(to, gossip, vector);
      clock.setTimer(50, tick);
    };
    tick();
    return {};
  });
}

/** The least that any simulator in JavaScript pays for code that uses promises: a task an event. */
async function tasksPerSecond(): Promise<number> {
  const count = 100_000;
  const beganMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return (count * 1_000) / (performance.now() - beganMs);
}

const setImmediateAlone = {
  name: 'setImmediate after each event, and nothing else',
  run: async () => ({ rate: await tasksPerSecond() }),
};

/** How fast virtual time is, whatever runs in it. */
export const suite: Suite = {
  name: 'simulation',
  description:
    'How many events a second does the simulator carry, waiting for promises after each?',
  cases: [
    {
      name: 'timers that do nothing',
      metrics: [rate],
      ours: { name: 'simulation', run: async () => ({ rate: await timers() }) },
      peers: [goal, setImmediateAlone],
    },
    {
      name: 'timers that leave three promise reactions',
      metrics: [rate],
      ours: { name: 'simulation', run: async () => ({ rate: await timers(react) }) },
      peers: [setImmediateAlone],
    },
    ...[3, 5, 50].map((nodeCount) => ({
      name: `gossip of ${nodeCount} nodes, each event traced and hashed`,
      metrics: [rate],
      ours: { name: 'simulation', run: async () => ({ rate: await gossiping(nodeCount) }) },
      peers: [],
    })),
  ],
};
