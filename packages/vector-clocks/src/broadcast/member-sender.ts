import type { Channel, NodeId, Transport, Unsubscribe } from '@quorate/transport';

import type {
  BroadcastMessage,
  DataMessage,
  JoinMessage,
  ReportMessage,
  WantMessage,
  WelcomeMessage,
} from './messages.ts';

/** A message before it says who sends it. */
export type Unsigned =
  | Omit<DataMessage, 'incarnation'>
  | Omit<ReportMessage, 'incarnation'>
  | Omit<WantMessage, 'incarnation'>
  | Omit<JoinMessage, 'incarnation'>
  | Omit<WelcomeMessage, 'incarnation'>;

/**
 * Sends on behalf of one life of this node, and holds back from those whose queues are filling up:
 * what they miss they ask for later.
 */
export class MemberSender {
  readonly #channel: Channel<BroadcastMessage>;
  readonly #incarnation: number;
  readonly #pressured = new Set<NodeId>();
  readonly #unobserve: Unsubscribe;
  #isClosed = false;

  constructor(transport: Transport, channel: Channel<BroadcastMessage>, incarnation: number) {
    this.#channel = channel;
    this.#incarnation = incarnation;
    this.#unobserve = transport.observePeers(({ kind, peer }) => {
      if (kind !== 'up') this.#pressured.delete(peer);
    });
  }

  /** Whether the transport took it. */
  send(to: NodeId, message: Unsigned): boolean {
    if (this.#isClosed || this.#pressured.has(to)) return false;
    const outcome = this.#channel.send(to, { ...message, incarnation: this.#incarnation });
    if (outcome === 'pressured') this.#pressured.add(to);
    return outcome !== 'dropped';
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#unobserve();
  }
}
