import type { NodeEnvironment, Simulation } from '@quorate/simulation';
import { type NodeId, protocolName } from '@quorate/transport';

import { monitorCodec } from '../../src/monitor/codec.ts';
import type { Heartbeat, MonitorMessage } from '../../src/monitor/messages.ts';

const protocol = protocolName('phi-accrual');

/** A node that says what the test tells it to, and keeps what it is told. */
export class ScriptedPeer {
  readonly id: NodeId;
  readonly received: MonitorMessage[] = [];
  #environment: NodeEnvironment | undefined;

  constructor(simulation: Simulation, id: NodeId) {
    this.id = id;
    simulation.addNode(id, (environment) => {
      this.#environment = environment;
      environment.transport.subscribe(protocol, ({ payload }) => {
        this.received.push(monitorCodec.decode(payload));
      });
      return {};
    });
  }

  /** Of those it got, the messages of one kind. */
  of<Kind extends MonitorMessage['kind']>(
    kind: Kind,
  ): readonly Extract<MonitorMessage, { readonly kind: Kind }>[] {
    const isOfKind = (
      message: MonitorMessage,
    ): message is Extract<MonitorMessage, { readonly kind: Kind }> => message.kind === kind;
    return this.received.filter(isOfKind);
  }

  send(to: NodeId, message: MonitorMessage): void {
    this.#environment?.transport.send(to, protocol, monitorCodec.encode(message));
  }

  beat(to: NodeId, sequence: number, more: Partial<Heartbeat> = {}): void {
    const usual = { intervalMs: 1_000, silenceMs: 0, life: 77, heard: undefined };
    this.send(to, { kind: 'heartbeat', ...usual, sequence, ...more });
  }
}
