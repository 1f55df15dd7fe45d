import type { NodeProcess, Simulation } from '@quorate/simulation';
import type { Clock, NodeId } from '@quorate/transport';

import { createNode } from '../../src/node/create-node.ts';
import type { DemoNode, NodeOptions } from '../../src/node/node-options.ts';
import {
  type ConfigRequest,
  type ConfigResponse,
  NoAnswer,
} from '../../src/check/config-exchange.ts';

/** How one request travels. */
export interface Journey {
  readonly thereMs: number;
  readonly backMs: number;
  /** How long the client waits for the whole of it, in ms. */
  readonly patienceMs: number;
  /** Whether the connection breaks behind the node's back. */
  readonly isAnswerLost: boolean;
}

/**
 * The HTTP APIs of simulated nodes, without sockets: requests and answers take their time, a node
 * that is down refuses connections, one that stands still has a kernel that takes them.
 */
export class SimulatedApi {
  /** The nodes as they run now. */
  readonly nodes = new Map<NodeId, DemoNode>();
  /** Why nodes that are down did not start. */
  readonly startErrors = new Map<NodeId, unknown>();
  readonly #simulation: Simulation;
  readonly #clocks = new Map<NodeId, Clock>();

  constructor(
    simulation: Simulation,
    voters: readonly NodeId[],
    tuning: Pick<NodeOptions, 'raft' | 'requestTimeoutMs'>,
  ) {
    this.#simulation = simulation;
    for (const id of voters) {
      simulation.addNode(id, async ({ transport, clock, random, disk }): Promise<NodeProcess> => {
        this.nodes.delete(id);
        const node = await createNode({ ...tuning, transport, clock, random, disk, voters });
        this.startErrors.delete(id);
        this.nodes.set(id, node);
        this.#clocks.set(id, clock);
        return { stop: () => node.close() };
      });
    }
  }

  /**
   * Sends `request` to `id`.
   *
   * @throws NoAnswer (as a rejection) if no answer comes in time, or none can.
   */
  ask(id: NodeId, request: ConfigRequest, journey: Journey): Promise<ConfigResponse> {
    const { clock } = this.#simulation;
    return new Promise((resolve, reject) => {
      const refuse = (kind: 'definite' | 'indefinite', why: string): void => {
        patience.cancel();
        reject(new NoAnswer(kind, why));
      };
      const patience = clock.setTimer(journey.patienceMs, () => {
        refuse('indefinite', `no answer in ${journey.patienceMs} ms`);
      });
      const arrive = (): void => {
        const node = this.nodes.get(id);
        const isUp = ['running', 'paused'].includes(this.#simulation.stateOf(id));
        if (!isUp || !node) refuse('definite', `${id} refuses connections`);
        // In its turn: a node that stands still finds it among what has come meanwhile.
        else this.#clocks.get(id)?.setTimer(0, () => void answer(node));
      };
      const answer = async (node: DemoNode): Promise<void> => {
        try {
          const response = await respond(node, id, request);
          if (journey.isAnswerLost) return;
          clock.setTimer(journey.backMs, () => {
            patience.cancel();
            resolve(response);
          });
        } catch (error) {
          patience.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      clock.setTimer(journey.thereMs, arrive);
    });
  }
}

async function respond(
  { app }: DemoNode,
  id: NodeId,
  { method, path, headers, body }: ConfigRequest,
): Promise<ConfigResponse> {
  const request = new Request(`http://${id}${path}`, { method, headers, body: body ?? null });
  const response = await app.fetch(request);
  const etag = response.headers.get('etag') ?? undefined;
  return { status: response.status, etag, body: await response.text() };
}
