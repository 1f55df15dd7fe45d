import type { NodeEnvironment, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { CausalBroadcastOptions } from '../../src/broadcast/broadcast-options.ts';
import { CausalBroadcast } from '../../src/broadcast/causal-broadcast.ts';
import type { CausalDelivery } from '../../src/broadcast/causal-delivery.ts';
import { type Member, memberId } from '../../src/broadcast/member.ts';

/** How the members of a simulated group are made. */
export type GroupTuning = Partial<Omit<CausalBroadcastOptions, 'transport' | 'clock' | 'random'>>;

/** One message as somebody delivered it. */
export interface Heard {
  /** `origin:counter`. */
  readonly name: string;
  readonly delivery: CausalDelivery;
}

/** One life of one node. */
export interface Life {
  readonly id: string;
  readonly member: Member;
  readonly broadcast: CausalBroadcast;
  /** What its state holds: what it was given when it joined, and what it delivered since. */
  readonly names: Set<string>;
  /** What it delivered itself, in order. */
  readonly heard: Heard[];
  readonly environment: NodeEnvironment;
}

/** Makes one end; replaceable, to plant a fault. */
export type MakeBroadcast = (options: CausalBroadcastOptions) => CausalBroadcast;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The state of an application that remembers which messages it has seen. */
export const stateBytes = {
  of: (names: ReadonlySet<string>): Uint8Array => encoder.encode(JSON.stringify([...names])),
  names: (state: Uint8Array): readonly string[] => {
    const parsed: unknown = JSON.parse(decoder.decode(state));
    return Array.isArray(parsed) ? parsed.map(String) : [];
  },
};

/** A group in a simulation, with a record of everything that anybody ever delivered. */
export class SimulatedGroup {
  readonly nodeIds: readonly NodeId[];
  /** The latest life of each. */
  readonly lives: Map<NodeId, Life> = new Map<NodeId, Life>();
  /** All lives. */
  readonly allLives: Life[] = [];
  /** Called with every delivery. */
  onHeard: (life: Life, heard: Heard) => void = () => undefined;
  /** Called when a life takes over a state. */
  onRestore: (life: Life, state: Uint8Array) => void = () => undefined;
  readonly #tuning: GroupTuning;
  readonly #make: MakeBroadcast;
  /** What an agreement outside has settled: who the members are, epoch by epoch. */
  readonly #epochs: (readonly Member[])[] = [];

  constructor(
    simulation: Simulation,
    nodeCount: number,
    tuning: GroupTuning = {},
    make: MakeBroadcast = (options) => new CausalBroadcast(options),
  ) {
    this.nodeIds = Array.from({ length: nodeCount }, (_, place) => nodeId(`n${place + 1}`));
    this.#tuning = tuning;
    this.#make = make;
    for (const id of this.nodeIds) simulation.addNode(id, (each) => this.#start(each));
  }

  /** The epoch agreed upon last; 0 if none was. */
  get epoch(): number {
    return this.#epochs.length;
  }

  /** Its members. */
  get members(): readonly Member[] {
    return this.#epochs[this.#epochs.length - 1] ?? [];
  }

  /** The members of an epoch. */
  membersIn(epoch: number): readonly Member[] {
    return this.#epochs[epoch - 1] ?? [];
  }

  /** The latest life of a node. */
  life(id: NodeId | undefined): Life {
    const life = id === undefined ? undefined : this.lives.get(id);
    if (life === undefined) throw new Error(`${id} has not started`);
    return life;
  }

  /** The latest lives of `ids`. */
  membersOf(ids: readonly NodeId[]): readonly Member[] {
    return ids.map((id) => this.life(id).member);
  }

  /** Agrees on the next epoch, without telling anybody. */
  agree(members: readonly Member[]): void {
    this.#epochs.push(members);
  }

  /** Tells a node all epochs it has not heard of. */
  tell(id: NodeId): void {
    const { broadcast } = this.life(id);
    const from = Math.max(1, broadcast.stats.epoch + 1);
    for (let epoch = from; epoch <= this.#epochs.length; epoch += 1) {
      broadcast.setMembers(epoch, this.#epochs[epoch - 1] ?? []);
    }
  }

  /** Agrees on the next epoch, and tells all who run. */
  install(members: readonly Member[]): void {
    this.agree(members);
    for (const id of this.nodeIds) this.tell(id);
  }

  /** Publishes a text on a node. */
  publish(id: NodeId | undefined, text = ''): ReturnType<CausalBroadcast['publish']> {
    return this.life(id).broadcast.publish(encoder.encode(text));
  }

  #start(environment: NodeEnvironment): { stop: () => void } {
    const { nodeId: node, incarnation, transport, clock, random } = environment;
    const member = { node, incarnation };
    const names = new Set<string>();
    const heard: Heard[] = [];
    const broadcast = this.#make({
      ...{ transport, clock, random, incarnation },
      onError: (error) => {
        throw error;
      },
      state: {
        capture: () => stateBytes.of(names),
        restore: (state) => {
          for (const name of stateBytes.names(state)) names.add(name);
          this.onRestore(life, state);
        },
      },
      ...this.#tuning,
      onDeliver: (delivery) => {
        const one = { name: `${delivery.origin}:${delivery.counter}`, delivery };
        this.onHeard(life, one);
        names.add(one.name);
        heard.push(one);
        this.#tuning.onDeliver?.(delivery);
      },
    });
    const life: Life = { id: memberId(member), member, broadcast, names, heard, environment };
    this.lives.set(node, life);
    this.allLives.push(life);
    return {
      stop: () => {
        broadcast.close();
      },
    };
  }
}
