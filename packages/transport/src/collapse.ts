/*
 * One session per pair.
 *
 * Both nodes of a pair may dial, at the same moment, and both dials may succeed. If each end kept
 * the link it liked better, they could keep different ones; if each new link replaced the old, two
 * nodes that dial each other could go on for ever, and whoever was just told 'up' would send into
 * a link about to be cut. So one node of every pair decides, for all links of the pair, whoever
 * dialed: the one with the smaller id, the arbiter. Of the links on which the far end has proven
 * itself it chooses one, says ACCEPT on it and refuses the others; the session exists once the far
 * end has said CONFIRM. Of two dials in progress the arbiter's wins unless the other is proven
 * first. 'up' is reported after the choice, so a collapse costs no message and wakes nobody twice.
 *
 * A link may be dead at one end only. The far end then comes with a new link while the arbiter
 * still believes in the old one: is the new link a leftover of the same race, to be refused, or
 * the sign that the old one is dead, to be taken? Each HELLO carries a number that rises within an
 * incarnation, and the numbers of the sender's earlier HELLOs whose links it believes alive. A
 * leftover was said earlier than the chosen link's HELLO, or lists it as alive; anything else comes
 * from an end that has given the chosen link up. ACCEPTs are numbered too: the far end takes the
 * latest choice, in whatever order two links bring them.
 *
 * A newer incarnation beats all of this. Once one has proven itself the older one's links end, and
 * nothing of the older one is delivered or answered again.
 */
import type { Handshake } from './handshake.ts';
import type { Hello } from './hello.ts';
import type { NodeId } from './node-id.ts';

/** A link whose far end has proven itself. */
export interface ProvenLink {
  readonly handshake: Handshake;
  readonly remote: Hello;
}

/** What the local node knows about its links with one peer. */
export interface Pair {
  readonly id: NodeId;
  /** The link the local arbiter chose, until the far end confirms. */
  chosen: ProvenLink | undefined;
  /** The link that is the session. */
  current: ProvenLink | undefined;
  /** The newest incarnation that proved itself, or -1. Only rises. */
  incarnation: number;
  /** The latest choice taken from the far arbiter, in this incarnation of it. Only rises. */
  choice: number;
}

/** What the rules of this file need from the peer table. */
export interface CollapseHost {
  readonly localId: NodeId;
  /** The pair with `peer`, new if need be; undefined if there is no room for another. */
  pairWith(peer: NodeId): Pair | undefined;
  /** Makes `link` the session of `pair`. */
  establish(pair: Pair, link: ProvenLink): void;
}

/** Decides which link of a pair becomes its session. See the head of the file. */
export class Collapse {
  readonly #host: CollapseHost;
  #choiceCount = 0;

  constructor(host: CollapseHost) {
    this.#host = host;
  }

  /** The far end of `link` has proven who it is. */
  proven(link: ProvenLink): void {
    const { handshake, remote } = link;
    const pair = this.#host.pairWith(remote.nodeId);
    if (pair === undefined) {
      handshake.refuse('busy');
      return;
    }
    if (remote.incarnation < pair.incarnation) {
      handshake.refuse('stale');
      return;
    }
    if (remote.incarnation > pair.incarnation) {
      pair.incarnation = remote.incarnation;
      pair.choice = 0;
      supersede(pair.chosen);
      supersede(pair.current);
    }
    if (this.#host.localId < pair.id) this.#arbitrate(pair, link);
  }

  /** The far end, the arbiter, chose `link`; `choice` counts its choices. */
  accepted(link: ProvenLink, choice: number): void {
    const { handshake, remote } = link;
    const pair = this.#host.pairWith(remote.nodeId);
    if (pair === undefined || this.#host.localId < pair.id) {
      handshake.refuse('malformed');
      return;
    }
    if (remote.incarnation < pair.incarnation || choice <= pair.choice) {
      handshake.refuse('duplicate');
      return;
    }
    pair.choice = choice;
    supersede(pair.current);
    handshake.confirm();
    this.#host.establish(pair, link);
  }

  /** The far end took the local arbiter's choice of `link`. */
  confirmed(link: ProvenLink): void {
    const pair = this.#host.pairWith(link.remote.nodeId);
    if (pair?.chosen?.handshake === link.handshake) this.#host.establish(pair, link);
    else link.handshake.refuse('malformed');
  }

  #arbitrate(pair: Pair, link: ProvenLink): void {
    const held = pair.chosen ?? pair.current;
    if (held !== undefined && isLeftover(link.remote, held.remote)) {
      link.handshake.refuse('duplicate');
      return;
    }
    // First the new one, so that the end of the old one does not make anybody dial.
    pair.chosen = link;
    supersede(held);
    this.#choiceCount += 1;
    link.handshake.accept(this.#choiceCount);
  }
}

/** Whether the link that brought `remote` lost the race to the one that brought `held`. */
function isLeftover(remote: Hello, held: Hello): boolean {
  return remote.number < held.number || remote.liveNumbers.includes(held.number);
}

function supersede(link: ProvenLink | undefined): void {
  link?.handshake.session.end('superseded', undefined);
}
