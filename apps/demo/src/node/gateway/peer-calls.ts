/**
 * Requests to other nodes, by one that knows how they are.
 *
 * Two watch over each peer. Heartbeats say whether it lives, also when nobody asks it anything;
 * breakers say whether a method of it answers, also when its heart beats. A peer that falls silent
 * trips its breakers at once, so that nobody has to find out by waiting.
 */
import { guard, type GuardedRequester } from '@quorate/circuit-breaker/guard';
import { HeartbeatMonitor } from '@quorate/phi-accrual/monitor';
import { breakerFigures } from '../../observe/breaker-figures.ts';
import type { PeerHealth } from '../../observe/node-status.ts';
import type { Clock, NodeId, Random, Requester, Transport } from '@quorate/transport';

/** What peer calls are made of. */
export interface PeerCallsOptions {
  readonly transport: Transport;
  readonly requester: Requester;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often a node says that it lives, in ms. */
const HEARTBEAT_MS = 200;
/** How long a breaker refuses before it tries, in ms. */
const OPEN_MS = 1_000;
/** Beyond it all silence is alike. */
const PHI_SHOWN_MAX = 99;
/** Methods that boards are asked by. */
const methods = ['boards/ask', 'boards/pull', 'boards/hold', 'rate-limiter'] as const;

/** Guarded requests, and the health of peers. */
export class PeerCalls {
  readonly requester: GuardedRequester;
  readonly monitor: HeartbeatMonitor;

  constructor(options: PeerCallsOptions) {
    const { transport, clock, random } = options;
    this.requester = guard(options.requester, {
      optionsFor: () => ({ openForMs: OPEN_MS, clock, random }),
    });
    this.monitor = new HeartbeatMonitor({
      ...{ transport, clock, random, peers: [], intervalMs: HEARTBEAT_MS },
      firstWithinMs: 3_000,
    });
    this.monitor.subscribe((event) => {
      if (event.kind === 'suspected') this.#trip(event.peer);
    });
  }

  /** Whether to ask a node at all; always, if it is this one. */
  readonly isAvailable = (peer: NodeId): boolean =>
    this.monitor.status(peer)?.state !== 'suspected';

  /** Watches these peers from now on, and no others. */
  setPeers(peers: readonly NodeId[]): void {
    for (const peer of [...this.monitor.peers])
      if (!peers.includes(peer)) this.monitor.remove(peer);
    for (const peer of peers) this.monitor.add(peer);
  }

  /** How each peer looks from here. */
  health(): readonly PeerHealth[] {
    return this.monitor.peers.map((peer) => ({
      peer,
      phi: Math.min(this.monitor.status(peer)?.suspicion ?? 0, PHI_SHOWN_MAX),
      isSuspected: !this.isAvailable(peer),
      ...breakerFigures(
        methods.map((method) => [method, this.requester.breakerOf(peer, method).status()]),
      ),
    }));
  }

  close(): void {
    this.monitor.close();
    this.requester[Symbol.dispose]();
  }

  #trip(peer: NodeId): void {
    for (const method of methods) this.requester.breakerOf(peer, method).openOnHearsay(OPEN_MS);
  }
}
