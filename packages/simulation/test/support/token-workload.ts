import { nodeId, protocolName } from '@quorate/transport';

import { BrokenPromise, type Workload } from '../../src/index.ts';
import { nodeIdsOf } from '../../src/workload.ts';

const token = protocolName('token');

/**
 * Nodes that pass numbers to n1, which keeps the highest in memory and promises never to forget:
 * a crash of n1 after a number arrived breaks that, and nothing else does.
 */
export const tokens: Workload = {
  name: 'tokens',
  nodeCounts: { min: 2, max: 5 },
  drawOperation: (random, index, nodeIds) => ({
    from: nodeIds[1 + random.int(nodeIds.length - 1)] ?? '',
    number: index + 1,
  }),
  open(simulation, { nodeCount }) {
    const senders = new Map<string, (number: number) => void>();
    let highest = 0;
    let kept = 0;
    for (const id of nodeIdsOf(nodeCount)) {
      simulation.addNode(nodeId(id), ({ transport }) => {
        if (id === 'n1') kept = 0;
        senders.set(
          id,
          (number) => void transport.send(nodeId('n1'), token, Uint8Array.of(number)),
        );
        transport.subscribe(token, ({ payload }) => {
          kept = Math.max(kept, payload[0] ?? 0);
          highest = Math.max(highest, kept);
        });
        return {};
      });
    }
    return {
      begin: ({ from, number }) => {
        if (simulation.stateOf(nodeId(String(from))) !== 'running') return;
        senders.get(String(from))?.(Number(number) % 256);
      },
      check() {
        if (kept < highest) throw new BrokenPromise('kept', `${kept} of ${highest}`);
      },
      isRecovered: () => simulation.stateOf(nodeId('n2')) === 'running',
    };
  },
};
