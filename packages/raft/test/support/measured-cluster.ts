import { Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import { allProbes } from '../../src/metrics/all-probes.ts';
import { type ProposalStage, proposalStages } from '../../src/metrics/node/proposal-stages.ts';
import { RaftMetrics } from '../../src/metrics/node/raft-metrics.ts';
import { RaftNode } from '../../src/raft-node.ts';
import { commandOf, RecordingMachine } from './recording-machine.ts';

/** A node, and what was seen of it. */
export interface MeasuredNode {
  readonly node: RaftNode;
  readonly metrics: RaftMetrics;
  readonly stages: readonly ProposalStage[];
}

/** Three nodes that are counted, and a leader who has committed commands. */
export async function measuredCluster(commandCount: number): Promise<{
  readonly leader: MeasuredNode;
  readonly followers: readonly MeasuredNode[];
  readonly simulation: Simulation;
}> {
  const simulation = new Simulation({ seed: 1 });
  const voters = ['n1', 'n2', 'n3'].map((name) => nodeId(name));
  const members = new Map<NodeId, MeasuredNode>();
  for (const id of voters) {
    simulation.addNode(id, async ({ transport, clock, random, disk }) => {
      const metrics = new RaftMetrics(clock);
      const stages: ProposalStage[] = [];
      const probe = allProbes(
        metrics,
        proposalStages(clock, (stage) => stages.push(stage)),
      );
      const stateMachine = new RecordingMachine({
        onApplied: () => undefined,
        onRestored: () => undefined,
      });
      const node = await RaftNode.open({
        ...{ transport, clock, random, disk, directory: 'raft', voters, stateMachine, probe },
      });
      members.set(id, { node, metrics, stages });
      return { stop: () => node.close() };
    });
  }
  await simulation.run(3_000);
  const all = [...members.values()];
  const leader = all.find(({ node }) => node.status().role === 'leader');
  if (leader === undefined) throw new Error('a leader was expected');
  for (let id = 1; id <= commandCount; id += 1) {
    void leader.node.propose(commandOf({ id, key: 0, kind: 'write' }, 8));
  }
  void leader.node.readIndex();
  await simulation.run(1_000);
  return { leader, followers: all.filter((member) => member !== leader), simulation };
}
