import {
  nodeId,
  type NodeId,
  type PeerEvent,
  protocolName,
  type ProtocolName,
  type Transport,
} from '@quorate/transport';

import { Simulation, type SimulationOptions } from '../../src/index.ts';

/** The protocol that talkers speak. */
export const talk: ProtocolName = protocolName('talk');

/** One message that arrived. */
export interface Heard {
  readonly by: string;
  readonly from: string;
  readonly incarnation: number;
  readonly text: string;
  readonly atMs: number;
}

/** Nodes that say what they are told to say, and write down what they hear. */
export class Talkers {
  readonly simulation: Simulation;
  readonly heard: Heard[] = [];
  readonly events: { readonly at: string; readonly event: PeerEvent }[] = [];
  readonly transports: Map<string, Transport> = new Map<string, Transport>();

  constructor(names: readonly string[], options: Partial<SimulationOptions> = {}) {
    this.simulation = new Simulation({ seed: 1, ...options });
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    const id = nodeId(name);
    this.simulation.addNode(id, ({ transport }) => {
      this.transports.set(name, transport);
      transport.observePeers((event) => this.events.push({ at: name, event }));
      transport.subscribe(talk, ({ from, incarnation, payload }) => {
        const text = new TextDecoder().decode(payload);
        this.heard.push({ by: name, from, incarnation, text, atMs: this.simulation.nowMs });
      });
      return {};
    });
  }

  ids(): readonly NodeId[] {
    return this.simulation.nodeIds;
  }

  say(from: string, to: string, text = ''): string {
    const transport = this.transports.get(from);
    if (transport === undefined) throw new RangeError(`expected a talker, got '${from}'`);
    return transport.send(nodeId(to), talk, new TextEncoder().encode(text));
  }

  /** Everyone says something to everyone, and all of it has time to arrive: who reached whom. */
  async reached(): Promise<readonly string[]> {
    const before = this.heard.length;
    for (const from of this.ids()) for (const to of this.ids()) if (from !== to) this.say(from, to);
    await this.simulation.run(100);
    return this.heard
      .slice(before)
      .map(({ from, by }) => `${from}>${by}`)
      .toSorted();
  }

  /** What `at` was told about peers, such as 'b up 1' or 'b down reset'. */
  newsOf(at: string): readonly string[] {
    return this.events
      .filter((entry) => entry.at === at)
      .map(({ event }) => {
        if (event.kind === 'up') return `${event.peer} up ${event.incarnation}`;
        return event.kind === 'down'
          ? `${event.peer} down ${event.reason}`
          : `${event.peer} drained`;
      });
  }
}
