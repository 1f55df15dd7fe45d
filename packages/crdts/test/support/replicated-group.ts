import type { NodeEnvironment, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { Replica } from '../../src/replica.ts';
import { Replicator } from '../../src/replicator/replicator.ts';
import type { ReplicatorOptions } from '../../src/replicator/replicator-options.ts';
import type { AttachOptions } from '../../src/replicator/shared-document.ts';

/** How the replicators of a simulated group are made. */
export type ReplicatorTuning = Partial<Omit<ReplicatorOptions, 'transport' | 'clock' | 'random'>>;

/** A replica on a node, as a test sees it. */
export interface Specimen<R extends Replica> {
  readonly replica: R;
  /** Settles once all that it has is durable. */
  readonly flushed?: () => Promise<void>;
  readonly close?: () => Promise<void>;
  readonly attach?: AttachOptions<R>;
}

/** One life of one node. */
export interface Life<R extends Replica> {
  readonly node: NodeId;
  readonly incarnation: number;
  readonly replicator: Replicator;
  readonly specimen: Specimen<R>;
}

/** What differs between groups. */
export interface GroupPlan<R extends Replica> {
  readonly nodeCount: number;
  /** Begins a replica, or goes on with what the disk has; under an id that no life had before. */
  readonly open: (
    environment: NodeEnvironment,
    replicaId: string,
  ) => Specimen<R> | Promise<Specimen<R>>;
  readonly tuning?: ReplicatorTuning;
  /** Makes one end; replaceable, to plant a fault. */
  readonly make?: (options: ReplicatorOptions) => Replicator;
}

/** Replicas of one document on simulated nodes. */
export class ReplicatedGroup<R extends Replica> {
  readonly nodeIds: readonly NodeId[];
  /** The latest life of each that has started. */
  readonly lives: Map<NodeId, Life<R>> = new Map<NodeId, Life<R>>();

  constructor(simulation: Simulation, plan: GroupPlan<R>) {
    this.nodeIds = Array.from({ length: plan.nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    for (const id of this.nodeIds) {
      simulation.addNode(id, (environment) => this.#start(environment, plan));
    }
  }

  /** The latest life of a node. */
  life(id: NodeId | undefined): Life<R> {
    const life = id === undefined ? undefined : this.lives.get(id);
    if (life === undefined) throw new Error(`${id} has not started`);
    return life;
  }

  async #start(
    environment: NodeEnvironment,
    plan: GroupPlan<R>,
  ): Promise<{ stop: () => Promise<void> }> {
    const { nodeId: node, incarnation, transport, clock, random } = environment;
    const specimen = await plan.open(environment, `${node}@${incarnation}`);
    const make = plan.make ?? ((options: ReplicatorOptions) => new Replicator(options));
    const replicator = make({
      ...{ transport, clock, random, peers: this.nodeIds.filter((id) => id !== node) },
      onError: (error) => {
        throw error;
      },
      ...plan.tuning,
    });
    const { replica, flushed } = specimen;
    const durably = flushed === undefined ? {} : { flushed };
    replicator.attach('document', replica, { ...durably, ...specimen.attach });
    this.lives.set(node, { node, incarnation, replicator, specimen });
    return {
      stop: async () => {
        replicator.close();
        await specimen.close?.();
      },
    };
  }
}
