/**
 * Who is told when that a peer is there, or gone.
 *
 * Real carriers know a peer by a session: a connection that is dialled, breaks, or falls silent.
 * The simulated network carries every message on its own, so its sessions are only the news about
 * them, and that news is late and sometimes wrong, as real news is:
 *
 * ```text
 *   reachable pair          'up' on both sides, each after a delay of its own
 *   unreachable for long    'down: timeout', each side for itself
 *   crash, noticed          'down: reset' after one delay; sends answer 'dropped' until 'up'
 *   close                   'down: closed', likewise
 *   reset                   what is in flight is lost; the ends that notice see 'down: reset'
 *   silent reset, restart   nothing, until the next 'up', then 'down: superseded' before it
 * ```
 *
 * A pair is reachable when both nodes run, neither is paused and no direction is blocked. A
 * partition in one direction therefore ends a session, as it would end a TCP connection, but does
 * not stop messages the other way: they only become less welcome news.
 */
import type { PeerDownReason, PeerEvent } from '@quorate/transport';

import { sampleDelayMs } from './delay-distribution.ts';
import type { Link, Station } from './link.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedEvent } from './scheduler.ts';
import type { SimulatedTransport } from './simulated-transport.ts';

interface Pair {
  readonly forward: Link;
  readonly backward: Link;
  isReachable: boolean;
  /** Counts changes of `isReachable`, so that an old suspicion knows it is old. */
  changeCount: number;
}

/** The news about peers in one network. */
export class Sessions {
  readonly #network: SimulatedNetwork;
  readonly #pairs: Pair[] = [];

  constructor(network: SimulatedNetwork) {
    this.#network = network;
  }

  /** Makes the pairs of a new station with those already there. */
  addStation(station: Station, others: Iterable<Station>): void {
    for (const other of others) {
      const forward = this.#network.link(other, station);
      const backward = this.#network.link(station, other);
      this.#pairs.push({ forward, backward, isReachable: false, changeCount: 0 });
    }
  }

  /** Looks at every pair again, after anything that may have changed who reaches whom. */
  refresh(): void {
    for (const pair of this.#pairs) {
      const isReachable = canConverse(pair.forward) && canConverse(pair.backward);
      if (isReachable === pair.isReachable) continue;
      pair.isReachable = isReachable;
      pair.changeCount += 1;
      if (isReachable) this.#dial(pair, 0);
      else this.#suspect(pair);
    }
  }

  /** Begins all sessions of a station anew: another process has taken its name. */
  supersede(station: Station): void {
    this.forget(station);
    for (const pair of this.#pairs) {
      if (pair.forward.source === station || pair.backward.source === station) {
        pair.isReachable = false;
      }
    }
  }

  /** Breaks the session between two stations; `noticedBy` are those who see it. */
  reset(left: Station, right: Station, noticedBy: readonly Station[]): void {
    for (const pair of this.#pairs) {
      const { forward, backward } = pair;
      const isMeant =
        (forward.source === left && forward.target === right) ||
        (forward.source === right && forward.target === left);
      if (!isMeant) continue;
      forward.session += 1;
      backward.session += 1;
      for (const link of [forward, backward]) {
        if (noticedBy.includes(link.source)) this.#tellDown(link, 'reset', 0);
      }
      if (pair.isReachable) this.#dial(pair, this.#network.settings.redialMs);
    }
  }

  /** Lets the peers of a station that has just gone know, each after a delay. */
  tellGone(station: Station, reason: PeerDownReason): void {
    for (const { forward, backward } of this.#pairs) {
      for (const link of [forward, backward]) {
        if (link.target === station && !link.isBlocked) {
          this.#tellDown(link, reason, this.#delayUs(link));
        }
      }
    }
  }

  /** Forgets what the station believed: its memory is gone. */
  forget(station: Station): void {
    for (const link of station.links.values()) {
      Object.assign(link.view, { isUp: false, incarnation: 0, session: 0, isRefusing: false });
    }
  }

  #dial(pair: Pair, afterMs: number): void {
    for (const link of [pair.forward, pair.backward]) {
      const { endpoint } = link.source;
      const peer = link.target.endpoint;
      if (endpoint === undefined || peer === undefined) continue;
      const delayUs = Math.round(afterMs * 1_000) + this.#delayUs(link);
      const notice = new UpNotice(this.#network, link, endpoint, peer);
      this.#network.scheduler.plan(this.#network.scheduler.nowUs + delayUs, notice, link.lane);
    }
  }

  #suspect(pair: Pair): void {
    const { scheduler, settings } = this.#network;
    const { changeCount } = pair;
    const suspicion = {
      fire: () => {
        if (pair.changeCount === changeCount) {
          this.#tellDown(pair.forward, 'timeout', 0);
          this.#tellDown(pair.backward, 'timeout', 0);
        }
        return false;
      },
    };
    const dueUs = scheduler.nowUs + Math.round(settings.downAfterMs * 1_000);
    scheduler.plan(dueUs, suspicion, pair.forward.lane);
  }

  #tellDown(link: Link, reason: PeerDownReason, delayUs: number): void {
    const { endpoint } = link.source;
    if (endpoint === undefined) return;
    const { scheduler } = this.#network;
    const notice = new DownNotice(this.#network, link, endpoint, reason);
    scheduler.plan(scheduler.nowUs + delayUs, notice, link.lane);
  }

  #delayUs(link: Link): number {
    const index = link.noticeCount++;
    const draws = link.decisions.about('session', index);
    return Math.round(sampleDelayMs(this.#network.settings.delay, draws, index) * 1_000);
  }
}

/** Whether the source of `link` could take part in a session over it. */
function canConverse(link: Link): boolean {
  const { endpoint } = link.source;
  if (endpoint === undefined || endpoint.isClosed || link.isBlocked) return false;
  return !endpoint.incarnation.isPaused;
}

/** News for one life of a node: it waits while the node is paused and dies with it. */
abstract class Notice implements SimulatedEvent {
  protected readonly network: SimulatedNetwork;
  protected readonly link: Link;
  readonly #endpoint: SimulatedTransport;

  constructor(network: SimulatedNetwork, link: Link, endpoint: SimulatedTransport) {
    this.network = network;
    this.link = link;
    this.#endpoint = endpoint;
  }

  fire(): boolean {
    if (!this.#endpoint.incarnation.admits(this)) return false;
    const events = this.#endpoint.isClosed ? [] : this.takeEffect();
    for (const event of events) this.network.tell(this.#endpoint, event);
    return events.length > 0;
  }

  /** Changes what the node believes. @returns What to tell it. */
  protected abstract takeEffect(): readonly PeerEvent[];
}

class UpNotice extends Notice {
  readonly #peer: SimulatedTransport;
  readonly #session: number;

  constructor(
    network: SimulatedNetwork,
    link: Link,
    endpoint: SimulatedTransport,
    peer: SimulatedTransport,
  ) {
    super(network, link, endpoint);
    this.#peer = peer;
    this.#session = link.session;
  }

  protected override takeEffect(): readonly PeerEvent[] {
    const { link } = this;
    const { view } = link;
    const peer = this.#peer.localId;
    const incarnation = this.#peer.incarnation.number;
    const isStale = link.session !== this.#session || link.target.endpoint !== this.#peer;
    if (isStale || this.#peer.isClosed || link.isBlocked) return [];
    const isKnown = view.incarnation === incarnation && view.session === this.#session;
    if (view.isUp && isKnown) return [];

    const events: PeerEvent[] = [];
    if (view.isUp) events.push({ kind: 'down', peer, reason: 'superseded' });
    Object.assign(view, { isUp: true, incarnation, session: this.#session, isRefusing: false });
    return [...events, { kind: 'up', peer, incarnation }];
  }
}

class DownNotice extends Notice {
  readonly #reason: PeerDownReason;
  readonly #incarnation: number;
  readonly #session: number;

  constructor(
    network: SimulatedNetwork,
    link: Link,
    endpoint: SimulatedTransport,
    reason: PeerDownReason,
  ) {
    super(network, link, endpoint);
    this.#reason = reason;
    this.#incarnation = link.view.incarnation;
    this.#session = link.view.session;
  }

  protected override takeEffect(): readonly PeerEvent[] {
    const { view, target } = this.link;
    const isStale = view.incarnation !== this.#incarnation || view.session !== this.#session;
    if (isStale || !view.isUp) return [];
    view.isUp = false;
    // Silence proves nothing, so sends go on; a broken session is known to carry none.
    view.isRefusing = this.#reason !== 'timeout';
    const peer = target.nodeId;
    return [{ kind: 'down', peer, reason: this.#reason }];
  }
}
