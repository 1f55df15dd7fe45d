import type { NodeEnvironment, NodeProcess, Simulation } from '@quorate/simulation';
import { createRequester, type NodeId, nodeId, type Requester } from '@quorate/transport';

import { parseKeyValueCommand } from '../../src/kv/codec.ts';
import { KeyValueClient } from '../../src/kv/node/key-value-client.ts';
import { KeyValueMachine } from '../../src/kv/key-value-machine.ts';
import { requesterQueryPort } from '../../src/kv/node/query-client.ts';
import { QueryServer } from '../../src/kv/node/query-server.ts';
import type { RaftNodeOptions } from '../../src/node/options.ts';
import { RaftNode } from '../../src/raft-node.ts';
import type { SessionClientOptions } from '../../src/sessions/node/session-client.ts';
import { requesterPort } from '../../src/sessions/node/session-port.ts';
import { SessionServer } from '../../src/sessions/node/session-server.ts';
import { SessionMachine, type SessionedMachine } from '../../src/sessions/session-machine.ts';
import type { SessionLimits } from '../../src/sessions/session-table.ts';
import type { StateMachine } from '../../src/state-machine.ts';
import { NodeFailed } from './sim-cluster.ts';

/** Told of every call that the machine inside applies, on every replica, in every life. */
export type OnApplied = (callId: number, logIndex: number) => void;

/** A store that tells what is applied. A call is known by the text that it puts. */
class WatchedStore implements SessionedMachine {
  readonly store: KeyValueMachine = new KeyValueMachine({ changeCountMax: 20 });
  readonly #onApplied: OnApplied;

  constructor(onApplied: OnApplied) {
    this.#onApplied = onApplied;
  }

  apply(command: Uint8Array, logIndex: number): Uint8Array {
    const decoded = parseKeyValueCommand(command);
    const [operation] = decoded?.kind === 'transaction' ? decoded.then : [];
    if (operation?.kind === 'put') {
      this.#onApplied(Number(new TextDecoder().decode(operation.value)), logIndex);
    }
    return this.store.apply(command, logIndex);
  }

  snapshot(): Uint8Array {
    return this.store.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.store.restore(snapshot);
  }
}

/** A bug of the sessions, planted from outside. */
export interface SessionBug {
  /** Stands between the node and the sessions. */
  wrapMachine?(machine: SessionMachine, inner: SessionedMachine): StateMachine;
  /** Stands between the client and the nodes. */
  wrapClient?(options: SessionClientOptions): SessionClientOptions;
}

/** What the nodes and clients of a cluster are like. */
export interface SessionClusterOptions {
  readonly nodeCount: number;
  readonly clientCount: number;
  readonly node?: Partial<RaftNodeOptions>;
  readonly limits?: Partial<SessionLimits>;
  readonly client?: Partial<SessionClientOptions>;
  readonly bug?: SessionBug | undefined;
  readonly onApplied: OnApplied;
}

/** One life of one node. */
export interface SessionReplica {
  readonly node: RaftNode;
  readonly machine: SessionMachine;
  readonly incarnation: number;
}

/** Nodes that serve a store over sessions, and clients on machines that do not crash. */
export class SessionCluster {
  readonly simulation: Simulation;
  readonly nodeIds: readonly NodeId[];
  /** The latest life of each node; whether it goes on, the simulation knows. */
  readonly #replicas = new Map<NodeId, SessionReplica>();
  readonly #clients = new Map<number, KeyValueClient>();
  readonly #ports = new Map<number, NodeEnvironment & { readonly requester: Requester }>();
  readonly #options: SessionClusterOptions;
  /** Why nodes could not start, by node. */
  readonly startErrors: Map<NodeId, unknown> = new Map<NodeId, unknown>();

  constructor(simulation: Simulation, options: SessionClusterOptions) {
    this.simulation = simulation;
    this.#options = options;
    this.nodeIds = Array.from({ length: options.nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    for (const id of this.nodeIds) simulation.addNode(id, (each) => this.#start(each));
    for (let place = 0; place < options.clientCount; place += 1) {
      simulation.addNode(nodeId(`client${place}`), (environment) => {
        const requester = createRequester(environment.transport, environment.clock);
        this.#ports.set(place, { ...environment, requester });
        this.replaceClient(place);
        return {};
      });
    }
  }

  /** The nodes whose process goes on. */
  replicas(): ReadonlyMap<NodeId, SessionReplica> {
    const { simulation } = this;
    return new Map(
      [...this.#replicas].filter(
        ([id, { incarnation }]) =>
          simulation.stateOf(id) !== 'down' && simulation.incarnationOf(id) === incarnation,
      ),
    );
  }

  /** The node that leads the highest term, if any does. */
  get leader(): NodeId | undefined {
    const leaders = [...this.replicas()]
      .map(([id, { node }]) => ({ id, ...node.status() }))
      .filter(({ role }) => role === 'leader');
    return leaders.toSorted((left, right) => right.term - left.term)[0]?.id;
  }

  /** The client at `place`; none before its machine has started. */
  client(place: number): KeyValueClient | undefined {
    return this.#clients.get(place);
  }

  /** Closes the client at `place`, and makes another in its stead. */
  replaceClient(place: number): void {
    const ports = this.#ports.get(place);
    if (ports === undefined) return;
    void this.#clients.get(place)?.close();
    const { requester, clock, random } = ports;
    const { bug, client } = this.#options;
    const nodeIds = this.nodeIds;
    const options = { ...client, nodeIds, clock, random, port: requesterPort(requester) };
    const wrapped = bug?.wrapClient?.(options) ?? options;
    const queryPort = requesterQueryPort(requester);
    this.#clients.set(place, new KeyValueClient({ ...wrapped, queryPort }));
  }

  async #start(environment: NodeEnvironment): Promise<NodeProcess> {
    const { nodeId: id, transport, clock, random, disk, incarnation } = environment;
    const { onApplied, limits, node: tuning, bug } = this.#options;
    const inner = new WatchedStore(onApplied);
    const machine = new SessionMachine(inner, limits);
    const node = await RaftNode.open({
      ...tuning,
      ...{ transport, clock, random, disk, directory: 'raft', voters: this.nodeIds },
      stateMachine: bug?.wrapMachine?.(machine, inner) ?? machine,
    });
    this.startErrors.delete(id);
    const requester = createRequester(transport, clock);
    new SessionServer({ node, machine, clock }).serve(requester);
    new QueryServer(node, inner.store).serve(requester);
    this.#replicas.set(id, { node, machine, incarnation });
    node.observe((event) => {
      if (event.kind !== 'failed') return;
      clock.setTimer(0, () => {
        throw new NodeFailed(event.error);
      });
    });
    return { stop: () => node.close() };
  }
}
