import type { Clock, NodeId, PeerEvent, ProtocolName, SendOutcome } from '@quorate/transport';

import { noBurstyLoss } from './bursty-loss.ts';
import { Decisions } from './decisions.ts';
import { sampleDelayMs } from './delay-distribution.ts';
import { type Copy, Fates, withFlippedBits } from './fates.ts';
import type { Incarnation } from './incarnation.ts';
import { invariant } from './invariant.ts';
import { endpointOf, type Link, type Outbox, type Station } from './link.ts';
import { type LossReason, MessageInFlight, type MessageParts } from './message-in-flight.ts';
import {
  messageOverheadBytes,
  type NetworkOptions,
  type NetworkSettings,
  networkSettings,
} from './network-options.ts';
import { type BlockedPairs, Partitions } from './partitions.ts';
import type { Scheduler } from './scheduler.ts';
import { Sessions } from './sessions.ts';
import { SimulatedTransport } from './simulated-transport.ts';
import { digestBytes, digestText, noLabel, type TraceKind, type TraceRecorder } from './trace.ts';
import { WaitingLine } from './waiting-line.ts';

/** What a network needs of the simulation around it. */
export interface NetworkSurroundings {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly trace: TraceRecorder;
  readonly settings: NetworkSettings;
  /** Takes what a listener threw. */
  readonly reportError: (error: unknown, incarnation: Incarnation) => void;
}

/**
 * Carries messages between simulated nodes, and decides about each by itself.
 *
 * What happens to the i-th message of a link depends on the seed, the link, i and nothing else.
 * Remove a message, and the others of its link shift by one while every other link stays as it was;
 * add a node, and no link changes.
 */
export class SimulatedNetwork {
  readonly scheduler: Scheduler;
  readonly reportError: (error: unknown, incarnation: Incarnation) => void;
  readonly #seed: number;
  readonly #trace: TraceRecorder;
  readonly #stations = new Map<string, Station>();
  readonly #partitions = new Partitions();
  readonly #sessions = new Sessions(this);
  readonly #fates: Fates;
  /** What the network is like without faults. */
  readonly #usual: NetworkSettings;
  #settings: NetworkSettings;

  constructor(surroundings: NetworkSurroundings) {
    this.scheduler = surroundings.scheduler;
    this.reportError = surroundings.reportError;
    this.#seed = surroundings.seed;
    this.#trace = surroundings.trace;
    this.#usual = surroundings.settings;
    this.#settings = surroundings.settings;
    this.#fates = new Fates(surroundings.settings.spared);
  }

  /** The names of the first 10 000 decisions of chance against messages. */
  get mishaps(): readonly string[] {
    return this.#fates.mishaps;
  }

  get settings(): NetworkSettings {
    return this.#settings;
  }

  /** Makes `nodeId` known, so that messages to it are accepted. */
  addStation(nodeId: NodeId): void {
    invariant(!this.#stations.has(nodeId), 'a node is added to the network once');
    const label = this.#trace.label(nodeId);
    const links = new Map<string, Link>();
    const station = { nodeId, label, links, endpoint: undefined, older: undefined };
    this.#sessions.addStation(station, this.#stations.values());
    this.#stations.set(nodeId, station);
  }

  /** Opens the transport of a new life of a node, beside that of an older one if it goes on. */
  join(incarnation: Incarnation, clock: Clock): SimulatedTransport {
    const station = this.#station(incarnation.nodeId);
    const endpoint = new SimulatedTransport(this, incarnation, clock);
    if (station.endpoint !== undefined) {
      station.older = station.endpoint;
      this.#sessions.supersede(station);
    }
    station.endpoint = endpoint;
    this.#sessions.refresh();
    return endpoint;
  }

  /** Takes away a transport that was closed, or whose node died. Tells peers if `isNoticed`. */
  leave(endpoint: SimulatedTransport, isNoticed = true): void {
    const station = this.#station(endpoint.localId);
    const { isAlive } = endpoint.incarnation;
    if (endpoint === station.older) {
      // News is about the newer life; that the older one is gone, nobody is told.
      if (!isAlive) station.older = undefined;
      return;
    }
    if (!isAlive) station.endpoint = undefined;
    if (isNoticed) this.#sessions.tellGone(station, isAlive ? 'closed' : 'reset');
    this.#sessions.forget(station);
    this.#sessions.refresh();
  }

  /** Looks again at who reaches whom, after a pause or its end. */
  refresh(): void {
    this.#sessions.refresh();
  }

  /** @throws RangeError if `change` would refuse `options`. */
  checkChange(options: NetworkOptions): void {
    networkSettings(options, this.#settings);
  }

  /** Changes the settings for what is sent from now on. @throws RangeError as `networkSettings`. */
  change(options: NetworkOptions): void {
    this.#settings = networkSettings(options, this.#settings);
  }

  /**
   * Ends partitions, clogs and all that chance does to messages. How fast they travel goes back to
   * what it was at the start.
   */
  calm(): void {
    this.heal();
    const { delay, bandwidthBytesPerSecond, linkBufferBytes } = this.#usual;
    this.change({
      delay,
      bandwidthBytesPerSecond,
      linkBufferBytes,
      lossRate: 0,
      burstyLoss: noBurstyLoss,
      damageRate: 0,
      duplicationRate: 0,
      replayRate: 0,
    });
  }

  /** Adds a partition. */
  partition(pairs: BlockedPairs, name: string): void {
    this.#partitions.add(pairs, name);
    this.#updateBlocks();
  }

  /** Ends the partitions of that name; without one, all partitions and clogs. */
  heal(name?: string): void {
    this.#partitions.end(name);
    this.#updateBlocks();
    if (name !== undefined) return;
    for (const link of this.#links()) {
      link.clogCount = 0;
      link.line.open();
    }
  }

  /** Holds back what arrives on the links of `pairs`. */
  clog(pairs: BlockedPairs): void {
    for (const link of this.#linksOf(pairs)) {
      link.clogCount += 1;
      link.line.shut();
    }
  }

  /** Takes one clog off the links of `pairs`; what the last one held back arrives at once. */
  unclog(pairs: BlockedPairs): void {
    for (const link of this.#linksOf(pairs)) {
      link.clogCount = Math.max(0, link.clogCount - 1);
      if (link.clogCount === 0) link.line.open();
    }
  }

  /** Breaks the session between two nodes. What is in flight between them is lost. */
  reset(left: string, right: string, noticedBy: readonly string[]): void {
    const noticing = noticedBy.map((nodeId) => this.#station(nodeId));
    this.#sessions.reset(this.#station(left), this.#station(right), noticing);
  }

  /** Takes a message of `endpoint`, which is open, or refuses it. */
  offer(
    endpoint: SimulatedTransport,
    to: NodeId,
    protocol: ProtocolName,
    payload: Uint8Array,
  ): SendOutcome {
    const source = this.#station(endpoint.localId);
    const target = this.#stations.get(to);
    const digest = digestBytes(payload);
    if (target === undefined)
      return this.#refuse(source, to, { protocol, payload, digest }, 'unknown');
    const link = this.link(source, target);
    const isNewest = endpoint === source.endpoint;
    if (isNewest && link.view.isRefusing) {
      return this.#refuse(source, to, { protocol, payload, digest }, 'unreachable');
    }
    const outbox = endpoint.outboxTo(to);
    const sizeBytes = payload.length + messageOverheadBytes;
    if (outbox.queuedBytes + sizeBytes > this.#settings.maxQueueBytes) {
      outbox.isPressured = true;
      return this.#refuse(source, to, { protocol, payload, digest }, 'queueFull');
    }

    const label = this.#trace.label(protocol);
    const detail = this.#trace.described(label, protocol, payload);
    const { nowUs } = this.scheduler;
    this.#trace.add(nowUs, 'send', source.label, target.label, payload.length, digest, detail);
    const toldLife = isNewest ? link.view.incarnation : 0;
    const knownLife = Math.max(toldLife, endpoint.newestLifeOf(to));
    this.#carry({ network: this, link, outbox, knownLife, protocol, label, payload, digest });
    if (outbox.queuedBytes < this.#settings.highWaterBytes) return 'accepted';
    outbox.isPressured = true;
    return 'pressured';
  }

  /** The link from `source` to `target`, made when first used. */
  link(source: Station, target: Station): Link {
    const known = source.links.get(target.nodeId);
    if (known !== undefined) return known;
    const name = `link ${source.nodeId}>${target.nodeId}`;
    const lane = digestText(name);
    const link: Link = {
      source,
      target,
      lane,
      decisions: new Decisions(this.#seed, name),
      messageCount: 0,
      noticeCount: 0,
      session: 1,
      isBlocked: this.#partitions.blocks(source.nodeId, target.nodeId),
      clogCount: 0,
      line: new WaitingLine(this.scheduler, lane),
      lastArrivalUs: 0,
      busyUntilUs: 0,
      view: { isUp: false, incarnation: 0, session: 0, isRefusing: false },
    };
    source.links.set(target.nodeId, link);
    return link;
  }

  /** Adds a line about a message to the trace. */
  record(
    kind: TraceKind,
    node: Station,
    peer: Station,
    message: MessageInFlight,
    reason?: LossReason,
  ): void {
    const { payload } = message;
    const { digest, label, protocol } = message.parts;
    const plain = reason === undefined ? label : this.#trace.label(reason);
    const detail = this.#trace.described(plain, protocol, payload);
    const { nowUs } = this.scheduler;
    this.#trace.add(nowUs, kind, node.label, peer.label, payload.length, digest, detail);
  }

  /** Gives the room of a message back to its sender's queue. */
  release(message: MessageInFlight): void {
    const { outbox, link } = message.parts;
    outbox.queuedBytes -= message.payload.length + messageOverheadBytes;
    invariant(outbox.queuedBytes >= 0, 'a queue gives back no more than it took');
    if (!outbox.isPressured || outbox.queuedBytes > this.#settings.highWaterBytes / 2) return;
    outbox.isPressured = false;
    this.#planDrained(link, outbox);
  }

  /** Tells a node about a peer. */
  tell(endpoint: SimulatedTransport, event: PeerEvent): void {
    const kinds = { up: 'peerUp', down: 'peerDown', drained: 'drained' } as const;
    this.#trace.add(
      this.scheduler.nowUs,
      kinds[event.kind],
      endpoint.incarnation.label,
      this.#trace.label(event.peer),
      0,
      event.kind === 'up' ? event.incarnation : 0,
      event.kind === 'down' ? this.#trace.label(event.reason) : noLabel,
    );
    endpoint.announce(event);
  }

  #carry(parts: MessageParts): void {
    const { link } = parts;
    const { nowUs } = this.scheduler;
    if (link.source === link.target) {
      this.scheduler.plan(nowUs, new MessageInFlight(parts, false), link.lane);
      return;
    }
    const settings = this.#settings;
    const index = link.messageCount++;
    const { decisions } = link;
    if (this.#fates.isHit(link, 'replay', index, settings.replayRate)) {
      const delayUs = Math.round(decisions.float() * settings.replayDelayMs * 1_000);
      this.scheduler.plan(nowUs + delayUs, new MessageInFlight(parts, true), link.lane);
    }
    const isDoubled = this.#fates.isHit(link, 'duplication', index, settings.duplicationRate);
    if (isDoubled) this.#planTravel('duplicate', index, parts);
    this.#planTravel('original', index, parts);
  }

  #planTravel(copy: Copy, index: number, parts: MessageParts): void {
    const { link, payload } = parts;
    const { decisions } = link;
    const settings = this.#settings;
    const loss = link.isBlocked ? 'partition' : this.#fates.lossOf(link, copy, index, settings);
    const isAltered = loss === 'damage' && settings.damaged === 'delivered' && payload.length > 0;
    const message = new MessageInFlight(isAltered ? altered(parts, copy, index) : parts, false);
    if (loss !== undefined && !isAltered) {
      message.lose(loss);
      return;
    }
    if (this.#isFull(link, payload.length)) {
      message.lose('overflow');
      return;
    }
    const draws = decisions.about(copy === 'original' ? 'delay' : 'duplicateDelay', index);
    const delayUs = Math.round(sampleDelayMs(settings.delay, draws, index) * 1_000);
    const arrivalUs = this.#departureUs(link, payload.length) + delayUs;
    if (settings.ordering === 'none') {
      this.scheduler.plan(arrivalUs, message, link.lane);
      return;
    }
    link.lastArrivalUs = Math.max(link.lastArrivalUs, arrivalUs);
    this.scheduler.plan(link.lastArrivalUs, message, link.lane);
  }

  /** Whether a link is busy and has no room for `sizeBytes` more that wait. */
  #isFull(link: Link, sizeBytes: number): boolean {
    const { bandwidthBytesPerSecond, linkBufferBytes } = this.#settings;
    const waitUs = link.busyUntilUs - this.scheduler.nowUs;
    if (bandwidthBytesPerSecond === Infinity || waitUs <= 0) return false;
    return (waitUs * bandwidthBytesPerSecond) / 1_000_000 + sizeBytes > linkBufferBytes;
  }

  /** When the last byte of a message leaves, given what the link still has to send. */
  #departureUs(link: Link, sizeBytes: number): number {
    const { nowUs } = this.scheduler;
    const { bandwidthBytesPerSecond } = this.#settings;
    if (bandwidthBytesPerSecond === Infinity) return nowUs;
    const startUs = Math.max(nowUs, link.busyUntilUs);
    const transferUs = Math.ceil((sizeBytes * 1_000_000) / bandwidthBytesPerSecond);
    link.busyUntilUs = startUs + transferUs;
    return link.busyUntilUs;
  }

  #refuse(
    source: Station,
    to: NodeId,
    { protocol, payload, digest }: Pick<MessageParts, 'protocol' | 'payload' | 'digest'>,
    reason: 'unknown' | 'unreachable' | 'queueFull',
  ): SendOutcome {
    const { nowUs } = this.scheduler;
    // Not kept: there is no end to the names of strangers.
    const peer = { text: to, hash: digestText(to) };
    const detail = this.#trace.described(this.#trace.label(reason), protocol, payload);
    this.#trace.add(nowUs, 'refuse', source.label, peer, payload.length, digest, detail);
    return 'dropped';
  }

  #planDrained(link: Link, outbox: Outbox): void {
    const endpoint = endpointOf(link.source, outbox.owner);
    if (endpoint === undefined) return;
    const notice = {
      fire: (): boolean => {
        if (!outbox.owner.admits(notice)) return false;
        if (!endpoint.isClosed) this.tell(endpoint, { kind: 'drained', peer: link.target.nodeId });
        return true;
      },
    };
    this.scheduler.plan(this.scheduler.nowUs, notice, link.lane);
  }

  #updateBlocks(): void {
    for (const link of this.#links()) {
      link.isBlocked = this.#partitions.blocks(link.source.nodeId, link.target.nodeId);
    }
    this.#sessions.refresh();
  }

  *#links(): Iterable<Link> {
    for (const station of this.#stations.values()) yield* station.links.values();
  }

  #linksOf(pairs: BlockedPairs): Link[] {
    return pairs.map(([from, to]) => this.link(this.#station(from), this.#station(to)));
  }

  #station(nodeId: string): Station {
    const station = this.#stations.get(nodeId);
    if (station === undefined) {
      throw new RangeError(`nodeId: expected a node of this simulation, got '${nodeId}'`);
    }
    return station;
  }
}

/** What arrives of a message whose bits were flipped: the trace shows what it is then. */
function altered(parts: MessageParts, copy: Copy, index: number): MessageParts {
  const payload = withFlippedBits(parts.payload, parts.link.decisions, copy, index);
  return { ...parts, payload, digest: digestBytes(payload) };
}
