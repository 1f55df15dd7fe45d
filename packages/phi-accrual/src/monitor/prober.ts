/**
 * Asks helpers about silent peers, and helps others who ask: `../peers/probes.ts` over a channel.
 */
import type { Channel, NodeId, Random } from '@quorate/transport';

import { ProbeErrands, ProbeRounds } from '../peers/probes.ts';
import type { MonitorMessage } from './messages.ts';

/** Rounds and errands at the same time. Who asks for more than that is not in trouble alone. */
const ROUNDS_MAX = 1_024;
const ERRANDS_MAX = 1_024;

/** What a prober needs to know, and whom it tells. */
export interface ProberHooks {
  /** Up to `count` of our peers that may be asked about `target`, others each time. */
  readonly helpersFor: (target: NodeId, count: number) => readonly NodeId[];
  /** `target` answered us, straight or through a helper. */
  readonly onAlive: (target: NodeId, how: 'straight' | 'throughHelper') => void;
  /** A round is over: whether any helper answered at all. */
  readonly onRoundEnd: (hadAnswer: boolean) => void;
}

/** The probes of one monitor. */
export class Prober {
  readonly #channel: Channel<MonitorMessage>;
  readonly #random: Random;
  readonly #probeCount: number;
  readonly #probeMs: number;
  readonly #hooks: ProberHooks;
  readonly #rounds = new ProbeRounds<NodeId>(ROUNDS_MAX);
  readonly #errands = new ProbeErrands<NodeId>(ERRANDS_MAX);

  constructor(
    channel: Channel<MonitorMessage>,
    random: Random,
    settings: { readonly probeCount: number; readonly probeMs: number },
    hooks: ProberHooks,
  ) {
    this.#channel = channel;
    this.#random = random;
    this.#probeCount = settings.probeCount;
    this.#probeMs = settings.probeMs;
    this.#hooks = hooks;
  }

  /** When to call `advance` next. */
  get nextMs(): number {
    return Math.min(this.#rounds.nextMs, this.#errands.nextMs);
  }

  /** Pings `target`, and asks others to. */
  probe(target: NodeId, nowMs: number): void {
    const helpers = this.#hooks.helpersFor(target, this.#probeCount);
    const nonce = this.#random.uint32();
    if (!this.#rounds.begin(nonce, target, helpers.length, nowMs + this.#probeMs)) return;
    this.#channel.send(target, { kind: 'ping', nonce });
    for (const helper of helpers) this.#channel.send(helper, { kind: 'probe', nonce, target });
  }

  /** Takes a message, if it is one of probes. */
  take(from: NodeId, message: MonitorMessage, nowMs: number): void {
    switch (message.kind) {
      case 'ping':
        this.#channel.send(from, { kind: 'pong', nonce: message.nonce });
        return;
      case 'probe':
        this.#help(from, message.nonce, message.target, nowMs);
        return;
      case 'pong':
        this.#takePong(from, message.nonce);
        return;
      case 'answer': {
        const target = this.#rounds.answered(message.nonce, from);
        if (target !== undefined && message.isAlive) this.#hooks.onAlive(target, 'throughHelper');
        return;
      }
      case 'heartbeat':
      case 'silence':
    }
  }

  /** Ends what has waited for long enough. */
  advance(nowMs: number): void {
    for (const { origin, nonce } of this.#errands.failed(nowMs)) {
      this.#channel.send(origin, { kind: 'answer', nonce, isAlive: false });
    }
    for (const { askedCount, answeredCount } of this.#rounds.ended(nowMs)) {
      if (askedCount > 0) this.#hooks.onRoundEnd(answeredCount > 0);
    }
  }

  #help(origin: NodeId, nonce: number, target: NodeId, nowMs: number): void {
    const ownNonce = this.#random.uint32();
    // Half the time, so that a "no" is back before the question is over.
    const untilMs = nowMs + this.#probeMs / 2;
    if (!this.#errands.take(ownNonce, { origin, nonce, target }, untilMs)) return;
    this.#channel.send(target, { kind: 'ping', nonce: ownNonce });
  }

  #takePong(from: NodeId, nonce: number): void {
    const errand = this.#errands.ponged(nonce, from);
    if (errand !== undefined) {
      this.#channel.send(errand.origin, { kind: 'answer', nonce: errand.nonce, isAlive: true });
    } else if (this.#rounds.answered(nonce, from) === from) {
      this.#hooks.onAlive(from, 'straight');
    }
  }
}
