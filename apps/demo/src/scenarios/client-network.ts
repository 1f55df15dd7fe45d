/** What all clients of a scenario share: a way to the nodes, and somebody to tell. */
import { type NodeId, nodeId, type Random } from '@quorate/transport';

import type { SimAnswer, SimCluster, SimRequest } from '../sim/sim-cluster.ts';

/** One answer to the load, or that there was none. */
export interface LoadAnswer {
  readonly outcome: 'done' | 'refused' | 'unknown';
  /** How long it took, in ms. */
  readonly latencyMs: number;
}

/** Requests of clients, each to any node. */
export class ClientNetwork {
  readonly #cluster: SimCluster;
  readonly #random: Random;
  readonly #onAnswer: ((answer: LoadAnswer) => void) | undefined;

  /** @param random - Of all clients: what one draws the next does not. */
  constructor(cluster: SimCluster, random: Random, onAnswer?: (answer: LoadAnswer) => void) {
    this.#cluster = cluster;
    this.#random = random;
    this.#onAnswer = onAnswer;
  }

  get nowMs(): number {
    return this.#cluster.nowMs;
  }

  /** A whole number from 0 to below `below`. */
  draw(below: number): number {
    return this.#random.int(below);
  }

  /** One of a list; undefined if there is none. */
  drawFrom<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#random.int(Math.max(1, items.length))];
  }

  /** A name that nobody else draws. */
  drawName(prefix: string): string {
    return `${prefix} ${this.#random.uint32()}`;
  }

  /** A node, as a balancer in front of them finds it: it passes over those that are down. */
  anyNode(): NodeId {
    const up = this.#cluster.ids.filter((id) => this.#cluster.node(id) !== undefined);
    return this.drawFrom(up) ?? nodeId('n1');
  }

  /** Asks any node. @returns Undefined if it is down, or goes down meanwhile. */
  ask(request: Omit<SimRequest, 'node'>): Promise<SimAnswer | undefined> {
    return this.askAt(this.anyNode(), request);
  }

  /** Asks one node. @returns As `ask`. */
  askAt(node: NodeId, request: Omit<SimRequest, 'node'>): Promise<SimAnswer | undefined> {
    return this.#cluster.act({ kind: 'request', request: { ...request, node } });
  }

  /** Says how a request of the load ended that began at `atMs`. */
  tell(outcome: LoadAnswer['outcome'], atMs: number): void {
    this.#onAnswer?.({ outcome, latencyMs: this.#cluster.nowMs - atMs });
  }
}
