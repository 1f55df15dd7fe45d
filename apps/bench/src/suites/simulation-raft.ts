import { RaftNode, type StateMachine } from '@quorate/raft';
import { Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';

import { constantPeer, type Suite } from '../suite.ts';

const nothing = new Uint8Array(0);
const voters = ['n1', 'n2', 'n3', 'n4', 'n5'].map(nodeId);

/** The goal of the project, which every seed of a soak run pays for. */
const goal = constantPeer('goal', { 'time ratio': 500 });

const idle: StateMachine = {
  apply: () => nothing,
  snapshot: () => nothing,
  restore: () => undefined,
};

/** Virtual seconds that one real second simulates. */
async function timeRatio(writesPerSecond: number): Promise<number> {
  const simulation = new Simulation({ seed: 1, trace: { keepLines: 0 } });
  const nodes: RaftNode[] = [];
  for (const voter of voters) {
    simulation.addNode(voter, async ({ transport, clock, random, disk }) => {
      const options = { transport, clock, random, disk, directory: 'raft', voters };
      // The defaults: a tick, and so a heartbeat, every 50 ms.
      nodes.push(await RaftNode.open({ ...options, stateMachine: idle }));
      return {};
    });
  }
  await simulation.run(5_000);
  const leader = nodes.find((node) => node.status().role === 'leader');
  if (leader === undefined) throw new Error('nobody leads');
  const write = (): void => {
    void leader.propose(new Uint8Array(64));
    simulation.clock.setTimer(1_000 / writesPerSecond, write);
  };
  if (writesPerSecond > 0) write();

  const virtualMs = 200_000;
  const beganMs = performance.now();
  await simulation.run(virtualMs);
  return virtualMs / (performance.now() - beganMs);
}

const metrics = [{ name: 'time ratio', unit: 's/s', better: 'higher' }] as const;

/** How much virtual time a seed may last without costing real time. */
export const suite: Suite = {
  name: 'simulation-raft',
  description: 'How many seconds of a five-node Raft with 50 ms heartbeats does a second simulate?',
  cases: [
    {
      name: '5 nodes, heartbeats only',
      metrics,
      ours: { name: 'quorate', run: async () => ({ 'time ratio': await timeRatio(0) }) },
      peers: [goal],
    },
    {
      name: '5 nodes, 10 writes/s',
      metrics,
      ours: { name: 'quorate', run: async () => ({ 'time ratio': await timeRatio(10) }) },
      peers: [],
    },
  ],
};
