import type { NodeEnvironment, Simulation } from '@quorate/simulation';
import { type ClosableRequester, createRequester, type NodeId, nodeId } from '@quorate/transport';

import type { ClusterStoreOptions } from '../../src/cluster/cluster-options.ts';
import { ClusterStore } from '../../src/cluster/cluster-store.ts';
import { type Placement, rendezvousPlacement } from '../../src/cluster/placement.ts';
import type { Decision } from '../../src/decision.ts';
import type { RatePolicy } from '../../src/policy.ts';

/** How the nodes of a cluster count. */
export type ClusterTuning = Partial<Omit<ClusterStoreOptions, 'localId' | 'requester' | 'clock'>>;

/** One life of one member. */
export interface Member {
  readonly store: ClusterStore;
  readonly requester: ClosableRequester;
  readonly environment: NodeEnvironment;
}

/** Members that count together, in a simulation. */
export class SimulatedCluster {
  readonly nodeIds: readonly NodeId[];
  /** The latest life of each. */
  readonly members: Map<NodeId, Member> = new Map<NodeId, Member>();
  /** Begins each life's store; replaceable, to plant a bug. */
  readonly #makeStore: (options: ClusterStoreOptions) => ClusterStore;
  readonly #placements = new Map<NodeId, Placement>();
  readonly #tuning: ClusterTuning;
  readonly #placement: Placement;

  constructor(
    simulation: Simulation,
    nodeCount: number,
    tuning: ClusterTuning = {},
    makeStore: (options: ClusterStoreOptions) => ClusterStore = (each) => new ClusterStore(each),
  ) {
    this.nodeIds = Array.from({ length: nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    this.#placement = tuning.placement ?? rendezvousPlacement(this.nodeIds);
    this.#tuning = tuning;
    this.#makeStore = makeStore;
    for (const id of this.nodeIds) {
      simulation.addNode(id, (environment) => this.#start(environment));
    }
  }

  /** The store of a node's latest life. */
  store(id: NodeId | undefined): ClusterStore {
    const member = id === undefined ? undefined : this.members.get(id);
    if (member === undefined) throw new Error(`${id} has not started`);
    return member.store;
  }

  /** Gives one node another placement, now and for its later lives. */
  place(id: NodeId, placement: Placement): void {
    this.#placements.set(id, placement);
    this.members.get(id)?.store.setPlacement(placement);
  }

  #start(environment: NodeEnvironment): { stop: () => Promise<void> } {
    const { nodeId: localId, transport, clock } = environment;
    const requester = createRequester(transport, clock);
    const placement = this.#placements.get(localId) ?? this.#placement;
    const store = this.#makeStore({ ...this.#tuning, localId, requester, clock, placement });
    this.members.set(localId, { store, requester, environment });
    return { stop: () => store.close() };
  }
}

/** A key that `owner` owns. */
export function keyOwnedBy(placement: Placement, owner: NodeId): string {
  for (let count = 0; count < 10_000; count += 1) {
    const key = `key ${count}`;
    if (placement.ownerOf(key) === owner) return key;
  }
  throw new Error(`${owner} owns none of 10,000 keys`);
}

/** Takes `cost`, and says what was decided. */
export async function decide(
  store: ClusterStore,
  key: string,
  policy: RatePolicy,
  cost = 1,
): Promise<Decision> {
  const { decisions } = await store.take([{ key, policy, cost }]);
  const [decision] = decisions;
  if (decision === undefined) throw new Error('expected a decision');
  return decision;
}
