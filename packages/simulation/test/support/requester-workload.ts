import {
  type ClosableRequester,
  createRequester,
  nodeId,
  type NodeId,
  RequestRefusedError,
  TransportError,
} from '@quorate/transport';

import {
  BrokenPromise,
  type ClientOperation,
  type Experiment,
  type NodeEnvironment,
  nodeIdsOf,
  type NodeProcess,
  type Simulation,
  type Tuning,
  type Workload,
} from '../../src/index.ts';

/** Nodes that ask each other to do what must not be done twice. */
export const requesterWorkload: Workload = {
  name: 'requester',
  nodeCounts: { min: 2, max: 5 },
  drawOperation: (random, index, nodeIds): Tuning => ({
    id: index + 1,
    from: nodeIds[random.int(nodeIds.length)] ?? '',
    to: nodeIds[random.int(nodeIds.length)] ?? '',
    timeoutMs: 20 + random.int(2_000),
    // How long the handler takes, and how it ends.
    workMs: random.int(2) === 0 ? 0 : random.int(500),
    end: ['reply', 'reply', 'reply', 'decline', 'fail'][random.int(5)] ?? 'reply',
  }),
  open: (simulation, { nodeCount, operations }) =>
    new RequesterExperiment(simulation, nodeIdsOf(nodeCount).map(nodeId), operations),
};

/** How often a client tries again after calm, in ms. */
const retryMs = 300;
/** The first id of the requests after calm. */
const markerId = 1_000_000;

class RequesterExperiment implements Experiment {
  readonly #simulation: Simulation;
  readonly #operations: ReadonlyMap<number, ClientOperation>;
  readonly #requesters = new Map<NodeId, ClosableRequester>();
  /** By request and life of the peer, how often it took effect. */
  readonly #effects = new Map<string, number>();
  /** Requests that certainly did not happen, by the life of the peer that they were sent to. */
  readonly #undone = new Set<string>();
  /** What is asked and not answered yet, by request: the life that asks. */
  readonly #open = new Map<number, { readonly node: NodeId; readonly incarnation: number }>();
  #core: readonly NodeId[] = [];
  #broken: BrokenPromise | undefined;
  #answeredInCalm = 0;

  constructor(
    simulation: Simulation,
    ids: readonly NodeId[],
    operations: readonly ClientOperation[],
  ) {
    this.#simulation = simulation;
    this.#operations = new Map(operations.map((operation) => [Number(operation['id']), operation]));
    for (const id of ids) simulation.addNode(id, (environment) => this.#start(environment));
  }

  begin({ id, from, to, timeoutMs }: ClientOperation): Promise<void> | void {
    const node = this.#simulation.nodeIds.find((each) => each === from);
    const peer = this.#simulation.nodeIds.find((each) => each === to);
    if (node === undefined || peer === undefined) return;
    return this.#ask(node, peer, Number(id), Number(timeoutMs));
  }

  check(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  onCalm(core: readonly string[]): void {
    this.#core = this.#simulation.nodeIds.filter((id) => core.includes(id));
    this.#askAgain();
  }

  /** Everyone of the core is answered, and nobody waits for ever. */
  isRecovered(): boolean {
    return this.#answeredInCalm >= this.#core.length && this.#waiting.length === 0;
  }

  describe(): string {
    return `${this.#answeredInCalm} answered; open: ${this.#waiting.join(', ')}`;
  }

  /** Requests of lives that go on. */
  get #waiting(): readonly number[] {
    const simulation = this.#simulation;
    const isAlive = (node: NodeId, incarnation: number): boolean =>
      simulation.stateOf(node) === 'running' && simulation.incarnationOf(node) === incarnation;
    return [...this.#open].flatMap(([id, { node, incarnation }]) =>
      id < markerId && isAlive(node, incarnation) ? [id] : [],
    );
  }

  #start({ transport, clock, nodeId: id, incarnation }: NodeEnvironment): NodeProcess {
    const requester = createRequester(transport, clock);
    requester.serve('do', async (payload) => {
      const request = numberIn(payload);
      const operation = this.#operations.get(request);
      const [workMs, end] = [Number(operation?.['workMs'] ?? 0), operation?.['end']];
      if (workMs > 0) {
        await new Promise<void>((resolve) => void clock.setTimer(workMs, resolve));
      }
      if (end === 'decline') throw new RequestRefusedError('declined', 'not today');
      this.#onEffect(request, id, incarnation);
      if (end === 'fail') throw new Error('done, and failed');
      return bytesOf(request);
    });
    this.#requesters.set(id, requester);
    return { stop: () => requester.close() };
  }

  #onEffect(request: number, id: NodeId, incarnation: number): void {
    const key = `${request} on ${id} #${incarnation}`;
    const count = (this.#effects.get(key) ?? 0) + 1;
    this.#effects.set(key, count);
    // Thrown here, it would look like a handler that fails.
    if (count > 1) this.#broken ??= new BrokenPromise('at most once', `${key} ran ${count} times`);
    if (this.#undone.has(key))
      this.#broken ??= new BrokenPromise('definite', `${key} ran after all`);
  }

  async #ask(node: NodeId, peer: NodeId, request: number, timeoutMs: number): Promise<void> {
    const simulation = this.#simulation;
    const requester = this.#requesters.get(node);
    if (requester === undefined || simulation.stateOf(node) !== 'running') return;
    const incarnation = simulation.incarnationOf(node);
    const life = simulation.incarnationOf(peer);
    this.#open.set(request, { node, incarnation });
    try {
      const reply = await requester.request(peer, 'do', bytesOf(request), { timeoutMs });
      if (numberIn(reply) !== request) {
        throw new BrokenPromise('own reply', `${request} was answered ${numberIn(reply)}`);
      }
      if (request >= markerId) this.#answeredInCalm += 1;
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      // A copy that was under way when the peer restarted may run in the new life.
      const isSameLife = simulation.incarnationOf(peer) === life;
      if (error.definite && isSameLife) this.#expectUndone(`${request} on ${peer} #${life}`);
    } finally {
      this.#open.delete(request);
    }
  }

  /** Nothing has happened, and in this life of the peer nothing will. */
  #expectUndone(key: string): void {
    if (this.#effects.has(key)) throw new BrokenPromise('definite', `${key} ran`);
    this.#undone.add(key);
  }

  #askAgain(round = 0): void {
    const simulation = this.#simulation;
    if (this.#answeredInCalm >= this.#core.length) return;
    for (const [place, node] of this.#core.entries()) {
      const peer = this.#core[(place + 1) % this.#core.length] ?? node;
      void this.#ask(node, peer, markerId + round * 10 + place, 1_000);
    }
    simulation.clock.setTimer(retryMs, () => this.#askAgain(round + 1));
  }
}

function bytesOf(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}
