/** Nodes that are to come and go in a scenario: said again until somebody has taken it. */
import type { NodeId } from '@quorate/transport';

import type { SimCluster, SimRequest } from '../sim/sim-cluster.ts';
import type { ClientNetwork } from './client-network.ts';

/** What the cluster is told of its members. */
export class MemberWishes {
  readonly #cluster: SimCluster;
  readonly #network: ClientNetwork;
  /** What was not yet taken. */
  readonly #changes: Pick<SimRequest, 'method' | 'path' | 'body'>[] = [];
  readonly #leaving = new Set<string>();
  #isAsking = false;

  constructor(cluster: SimCluster, network: ClientNetwork) {
    this.#cluster = cluster;
    this.#network = network;
  }

  /** Starts a node, which is to be let in. */
  join(node: string): void {
    void this.#cluster.act({ kind: 'start', node });
    const body = JSON.stringify({ id: node, address: `${node}:5000` });
    this.#changes.push({ method: 'POST', path: '/admin/nodes', body });
  }

  /** A node is to leave. */
  leave(node: string): void {
    this.#changes.push({ method: 'DELETE', path: `/admin/nodes/${node}` });
    this.#leaving.add(node);
  }

  /** Whoever is told must know a leader, so it is said again until it is taken. */
  async ask(leader: NodeId | undefined): Promise<void> {
    const [change] = this.#changes;
    if (change === undefined || this.#isAsking) return;
    this.#isAsking = true;
    const headers = { 'content-type': 'application/json' };
    const node = leader ?? this.#network.anyNode();
    const request = { ...change, node, headers };
    const answer = await this.#cluster.act({ kind: 'request', request });
    this.#isAsking = false;
    if (answer !== undefined && answer.status < 500) this.#changes.shift();
  }

  /** Ends those that were sent away and that the leader lists no more. */
  dismissGone(leader: NodeId | undefined): void {
    const members = leader && this.#cluster.node(leader)?.status().members;
    if (members === undefined || this.#changes.length > 0) return;
    for (const node of this.#leaving) {
      if (members.some(({ id }) => id === node)) continue;
      this.#leaving.delete(node);
      void this.#cluster.act({ kind: 'dismiss', node });
    }
  }
}
