/**
 * Says which peers are there, from heartbeats over any transport.
 *
 * Each node sends its peers a heartbeat every interval and listens for theirs. What that means is
 * decided by cores: when to send by `../peers/heartbeat-schedule.ts`, who is suspected by
 * `../peers/peer-table.ts` and a detector for each peer, whether we were there ourselves by
 * `../peers/local-pause.ts`. This file only brings them together over the ports.
 *
 * ```text
 *   message ──▶ ┌───────┐   was I away?     ┌──────┐  what is due?   ┌───────┐ ──▶ heartbeats
 *               │ enter │ ────────────────▶ │ core │ ──────────────▶ │ leave │ ──▶ events
 *   timer   ──▶ └───────┘                   └──────┘                 └───────┘ ──▶ one timer
 * ```
 *
 * Every message is an occasion to do what is due, not only the timer. So a page in a hidden tab,
 * whose timers fire once a minute, still sends and judges in time as long as somebody talks to it.
 *
 * A heartbeat carries its number by the sender's schedule, how often the sender sends, how long the
 * next one may take, and which heartbeat of the receiver was the last to arrive: so the receiver
 * learns whether it is heard.
 */
import {
  type Channel,
  type Clock,
  type Delivery,
  type NodeId,
  openChannel,
  protocolName,
  type Timer,
  type Unsubscribe,
} from '@quorate/transport';

import { explain } from '../explain.ts';
import { HeartbeatSchedule } from '../peers/heartbeat-schedule.ts';
import { LocalHealth } from '../peers/local-health.ts';
import { LocalPauseGuard } from '../peers/local-pause.ts';
import type { PeerStatus, Transition } from '../peers/opinion.ts';
import { OutboundLink } from '../peers/outbound-link.ts';
import { PeerTable } from '../peers/peer-table.ts';
import { SilenceForecast } from '../peers/silence-forecast.ts';
import { monitorCodec } from './codec.ts';
import { MonitorClosedError } from './errors.ts';
import type { MonitorEvent } from './events.ts';
import { explanationOf, type PeerExplanation } from './explanation.ts';
import { Listeners } from './listeners.ts';
import type { Heartbeat, MonitorMessage, SilenceNotice } from './messages.ts';
import {
  type HeartbeatMonitorOptions,
  type ResolvedOptions,
  resolveOptions,
} from './monitor-options.ts';
import type { MonitorCounters, MonitoredPeer } from './monitor-status.ts';
import { PeerLink } from './peer-link.ts';
import { Prober } from './prober.ts';

/** Peers that are looked at for helpers, so that a great failure does not take a great search. */
const LOOKS_MAX = 64;

/**
 * Watches peers, and lets them watch this node.
 *
 * @remarks
 * One timer and one message to each peer every interval. A crashed peer is suspected when its
 * detector says so, `probeMs` later if others are asked, and as much later as this node's own
 * pauses and bad health take. Timers do not keep a process alive.
 *
 * @example
 * ```ts
 * import { HeartbeatMonitor } from '@quorate/phi-accrual/monitor';
 * import type { NodeId, Transport } from '@quorate/transport';
 *
 * function watch(transport: Transport, peers: readonly NodeId[]): HeartbeatMonitor {
 *   const monitor = new HeartbeatMonitor({ transport, peers, profile: 'lan' });
 *   monitor.subscribe((event) => {
 *     if (event.kind === 'suspected') console.log(`${event.peer} is silent`);
 *   });
 *   return monitor;
 * }
 * ```
 */
export class HeartbeatMonitor {
  readonly #options: ResolvedOptions;
  readonly #clock: Clock;
  readonly #channel: Channel<MonitorMessage>;
  readonly #schedule: HeartbeatSchedule;
  readonly #table: PeerTable<NodeId>;
  readonly #guard: LocalPauseGuard;
  readonly #health: LocalHealth;
  readonly #forecast: SilenceForecast;
  readonly #prober: Prober;
  readonly #links = new Map<NodeId, PeerLink>();
  readonly #names: NodeId[] = [];
  readonly #listeners: Listeners<MonitorEvent>;
  readonly #life: number;
  readonly #unsubscribe: Unsubscribe;
  #sentSequence: number;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
  #sentCount = 0;
  #droppedCount = 0;
  #suppressedCount = 0;
  #pauseCount = 0;
  #isClosed = false;

  /** @throws RangeError if an option is out of its range, or the protocol is taken. */
  constructor(options: HeartbeatMonitorOptions) {
    const resolved = resolveOptions(options);
    const { clock, random, transport, intervalMs } = resolved;
    const nowMs = clock.nowMs();
    this.#options = resolved;
    this.#clock = clock;
    // Numbers are at least 0, whatever the epoch of the clock.
    const phaseMs = Math.min(0, Math.floor(nowMs)) + random.int(intervalMs);
    this.#schedule = new HeartbeatSchedule(intervalMs, phaseMs);
    this.#sentSequence = this.#schedule.latestDue(nowMs);
    this.#table = new PeerTable({ ...resolved, doubtMs: resolved.probeCount && resolved.probeMs });
    this.#guard = new LocalPauseGuard(resolved.pauseToleranceMs);
    this.#health = new LocalHealth(resolved.healthScoreMax);
    this.#forecast = new SilenceForecast(intervalMs, resolved.silenceMsMax);
    this.#listeners = new Listeners(resolved.onError);
    this.#life = random.uint32();
    const protocol = options.protocol ?? protocolName('phi-accrual');
    this.#channel = openChannel(transport, protocol, monitorCodec);
    this.#prober = new Prober(this.#channel, random, resolved, {
      helpersFor: (target, count) => this.#helpersFor(target, count),
      onAlive: (target, how) => this.#takeLife(target, how),
      onRoundEnd: (hadAnswer) => this.#judgeHealth(hadAnswer),
    });
    for (const peer of options.peers ?? []) this.#watch(peer, nowMs);
    this.#unsubscribe = this.#channel.subscribe((from, message, delivery) =>
      this.#run((atMs) => this.#take(from, message, delivery, atMs)),
    );
    this.#arm(nowMs);
  }

  /** The node that watches. */
  get localId(): NodeId {
    return this.#channel.localId;
  }

  /** Who is watched, in the order in which they were added. */
  get peers(): readonly NodeId[] {
    return [...this.#names];
  }

  /** What has been done so far. */
  get counters(): MonitorCounters {
    return {
      receipts: this.#table.receipts,
      sentCount: this.#sentCount,
      droppedCount: this.#droppedCount,
      suppressedCount: this.#suppressedCount,
      malformedCount: this.#channel.malformedCount,
      pauseCount: this.#pauseCount,
      healthScore: this.#health.score,
    };
  }

  /**
   * Begins to watch `peer`, and to send to it. It should watch this node too.
   *
   * @returns Whether it is new.
   * @throws RangeError if it is this node, or there would be more than `peersMax`.
   * @throws MonitorClosedError after `close`.
   */
  add(peer: NodeId): boolean {
    if (this.#isClosed) throw new MonitorClosedError();
    return this.#run((nowMs) => this.#watch(peer, nowMs));
  }

  /** Watches `peer` no longer. @returns Whether it was watched. */
  remove(peer: NodeId): boolean {
    if (!this.#table.remove(peer)) return false;
    this.#links.delete(peer);
    this.#names.splice(this.#names.indexOf(peer), 1);
    return true;
  }

  /** Calls `listener` with each change from now on. It may call this monitor back. */
  subscribe(listener: (event: MonitorEvent) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  /** What is known of `peer` now; `undefined` if it is not watched. */
  status(peer: NodeId): MonitoredPeer | undefined {
    const status = this.#table.status(peer, this.#clock.nowMs());
    if (status === undefined) return undefined;
    return { ...status, ...this.#waysOf(peer, status) };
  }

  /** Why `peer` is trusted or not; `undefined` if it is not watched. */
  explain(peer: NodeId): PeerExplanation | undefined {
    const status = this.status(peer);
    const detector = this.#table.detectorOf(peer);
    if (status === undefined || detector === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    return explanationOf(status, explain(detector, nowMs), nowMs);
  }

  /**
   * Another message came straight from `peer`: it counts as a sign of life. What `observeTransport`
   * does for all messages.
   */
  observeTraffic(peer: NodeId): void {
    if (!this.#isClosed) this.#run((nowMs) => this.#table.observe(peer, nowMs));
  }

  /** Another message went to `peer`, which takes it for a sign of life: see `suppressedMax`. */
  noteSent(peer: NodeId): void {
    this.#links.get(peer)?.noteSent(this.#clock.nowMs());
  }

  /**
   * Tells the peers that this node may be silent for `silenceMs` from now on: a page that is being
   * hidden, a machine that is about to be moved. 0 takes it back. They believe it for as long as
   * their `silenceMsMax`, and ours, allow.
   *
   * @throws RangeError if `silenceMs` is negative or no number.
   */
  expectSilence(silenceMs: number): void {
    if (!(silenceMs >= 0)) {
      throw new RangeError(`silenceMs: expected at least 0, got ${silenceMs}`);
    }
    if (this.#isClosed) return;
    const nowMs = this.#clock.nowMs();
    this.#forecast.announce(nowMs + silenceMs);
    const forecastMs = Math.ceil(this.#forecast.forecastMs(nowMs));
    const sequence = Math.max(0, this.#sentSequence);
    for (const peer of this.#names) {
      this.#channel.send(peer, { kind: 'silence', sequence, silenceMs: forecastMs });
    }
  }

  /** Sends and hears nothing from now on. The transport stays open. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  /** Everything that happens happens in here. */
  #run<Result>(act: (nowMs: number) => Result): Result {
    const nowMs = this.#clock.nowMs();
    const pausedMs = this.#guard.ran(nowMs);
    if (pausedMs > 0) this.#takePause(pausedMs, nowMs);
    const result = act(nowMs);
    this.#leave(nowMs, pausedMs > 0 ? 'after a pause' : 'in time');
    return result;
  }

  #takePause(pausedMs: number, nowMs: number): void {
    this.#pauseCount += 1;
    this.#table.pauseEnded(nowMs);
    this.#judgeHealth(false);
    this.#listeners.tell({ kind: 'paused', atMs: nowMs, pausedMs });
  }

  /** Does what is due, says what has changed, and sees to the next time. */
  #leave(nowMs: number, how: 'in time' | 'after a pause'): void {
    if (this.#isClosed) return;
    const sequence = this.#schedule.latestDue(nowMs);
    if (sequence > this.#sentSequence) {
      // That our own turn came in time is a point for us.
      if (how === 'in time') this.#judgeHealth(true);
      this.#sendAll(sequence, nowMs);
    }
    this.#prober.advance(nowMs);
    for (const change of this.#table.advance(nowMs)) this.#report(change);
    this.#arm(nowMs);
  }

  #arm(nowMs: number): void {
    if (this.#isClosed) return;
    const dueMs = Math.min(
      this.#schedule.dueMs(this.#sentSequence + 1),
      this.#table.nextDeadlineMs,
      this.#prober.nextMs,
    );
    // A timer that fires too early costs less than setting another.
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#guard.expect(dueMs);
    this.#timer = this.#clock.setTimer(Math.max(0, dueMs - nowMs), () => this.#wake());
    this.#timer.unref?.();
  }

  #wake(): void {
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
    this.#run(() => undefined);
  }

  #watch(peer: NodeId, nowMs: number): boolean {
    if (peer === this.localId) {
      throw new RangeError(`peer: expected another node, got '${peer}', which is this one`);
    }
    const { intervalMs, outboundMissesMax, suppressedMax } = this.#options;
    if (!this.#table.add(peer, intervalMs, nowMs)) return false;
    const lagMsMax = (outboundMissesMax + suppressedMax) * intervalMs;
    this.#links.set(peer, new PeerLink(new OutboundLink(lagMsMax, nowMs)));
    this.#names.push(peer);
    return true;
  }

  #sendAll(sequence: number, nowMs: number): void {
    this.#sentSequence = sequence;
    this.#forecast.sent(nowMs);
    const silenceMs = Math.ceil(this.#forecast.forecastMs(nowMs));
    const { intervalMs, suppressedMax } = this.#options;
    for (const [peer, link] of this.#links) {
      if (link.suppresses(nowMs - intervalMs, suppressedMax)) {
        this.#suppressedCount += 1;
        continue;
      }
      const { heard } = link;
      const own = { sequence, intervalMs, silenceMs, life: this.#life } as const;
      const outcome = this.#channel.send(peer, { kind: 'heartbeat', ...own, heard });
      if (outcome === 'dropped') this.#droppedCount += 1;
      else this.#sentCount += 1;
    }
  }

  #take(from: NodeId, message: MonitorMessage, delivery: Delivery, nowMs: number): void {
    if (message.kind === 'heartbeat') this.#takeHeartbeat(from, message, delivery, nowMs);
    else if (message.kind === 'silence') this.#takeNotice(from, message, delivery, nowMs);
    else this.#prober.take(from, message, nowMs);
  }

  #takeHeartbeat(from: NodeId, heartbeat: Heartbeat, delivery: Delivery, nowMs: number): void {
    const { incarnation } = delivery;
    const { sequence, intervalMs, silenceMs, heard } = heartbeat;
    const receipt = this.#table.receive(from, incarnation, sequence, nowMs, intervalMs);
    const link = this.#links.get(from);
    if (link === undefined || (receipt !== 'learned' && receipt !== 'witnessed')) return;
    link.took(heartbeat, incarnation, nowMs);
    this.#excuse(from, silenceMs, nowMs);
    // What it heard of an earlier life of ours, it has not heard of us.
    const sentMs = heard?.life === this.#life ? this.#schedule.dueMs(heard.sequence) : undefined;
    if (link.outbound.reported(sentMs, nowMs)) this.#reportLink(from, nowMs);
  }

  #takeNotice(from: NodeId, notice: SilenceNotice, delivery: Delivery, nowMs: number): void {
    const link = this.#links.get(from);
    if (link?.isCurrent(notice, delivery.incarnation) !== true) return;
    this.#excuse(from, notice.silenceMs, nowMs);
  }

  #excuse(peer: NodeId, silenceMs: number, nowMs: number): void {
    const excusedMs = Math.min(silenceMs, this.#options.silenceMsMax);
    this.#table.excuse(peer, excusedMs > 0 ? nowMs + excusedMs : -Infinity);
  }

  /** An answer to a probe. */
  #takeLife(target: NodeId, how: 'straight' | 'throughHelper'): void {
    const nowMs = this.#clock.nowMs();
    if (how === 'straight') this.#table.observe(target, nowMs);
    else this.#table.vouch(target, nowMs);
  }

  #judgeHealth(isWell: boolean): void {
    if (isWell) this.#health.succeed();
    else this.#health.fail();
    this.#table.healthFactor = this.#health.factor;
  }

  /** The first trusted ones from some place on. When most are silent, not all are looked at. */
  #helpersFor(target: NodeId, count: number): readonly NodeId[] {
    const helpers: NodeId[] = [];
    const names = this.#names;
    if (names.length === 0) return helpers;
    const start = this.#options.random.int(names.length);
    const looks = Math.min(names.length, LOOKS_MAX);
    for (let step = 0; step < looks && helpers.length < count; step += 1) {
      const peer = names[(start + step) % names.length];
      if (peer === undefined || peer === target) continue;
      if (this.#table.stateOf(peer) === 'trusted') helpers.push(peer);
    }
    return helpers;
  }

  #report(change: Transition<NodeId>): void {
    if (change.kind === 'doubted') {
      this.#prober.probe(change.peer, change.atMs);
    } else if (change.kind === 'inbound') {
      this.#reportLink(change.peer, change.atMs);
    } else {
      // Whoever accuses wrongly has reason to doubt itself.
      if (change.kind === 'trusted' && change.isRefuted) this.#judgeHealth(false);
      this.#listeners.tell(change);
    }
  }

  #reportLink(peer: NodeId, atMs: number): void {
    const status = this.#table.status(peer, atMs);
    if (status === undefined) return;
    this.#listeners.tell({ kind: 'link', peer, atMs, ...this.#waysOf(peer, status) });
  }

  #waysOf(
    peer: NodeId,
    { state, isVouched }: PeerStatus<NodeId>,
  ): Pick<MonitoredPeer, 'inbound' | 'outbound'> {
    const inbound = state !== 'trusted' ? 'silent' : isVouched ? 'throughOthers' : 'heard';
    return { inbound, outbound: this.#links.get(peer)?.outbound.state ?? 'unknown' };
  }
}
