/**
 * What `PeerTable` decides, decided slowly: every peer is looked at every time. Without hysteresis
 * and with time-outs for detectors.
 */
export interface SlowOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly firstWithinMs: number;
  readonly doubtMs: number;
  readonly excusingPausesMax: number;
}

interface SlowPeer {
  state: 'unheard' | 'trusted' | 'suspected';
  readonly addedMs: number;
  incarnation: number;
  sequence: number;
  arrivedMs: number;
  evidenceMs: number;
  excusedMs: number;
  doubtedMs: number | undefined;
  isVouched: boolean;
  /** Pauses since its last sign of life, and when the last of those that excuse it ended. */
  pauses: number;
  pausedMs: number;
}

/** The slow twin. Changes are texts: 'kind peer'. */
export class SlowTable {
  readonly #options: SlowOptions;
  readonly #peers = new Map<string, SlowPeer>();
  #changes: string[] = [];

  constructor(options: SlowOptions) {
    this.#options = options;
  }

  add(name: string, nowMs: number): void {
    if (this.#peers.has(name)) return;
    const never = { incarnation: -1, sequence: -1, arrivedMs: -Infinity, evidenceMs: -Infinity };
    this.#peers.set(name, {
      ...{ state: 'unheard', addedMs: nowMs, ...never },
      ...{
        excusedMs: -Infinity,
        doubtedMs: undefined,
        isVouched: false,
        pauses: 0,
        pausedMs: -Infinity,
      },
    });
  }

  remove(name: string): void {
    this.#peers.delete(name);
  }

  receive(name: string, incarnation: number, sequence: number, nowMs: number): void {
    const peer = this.#peers.get(name);
    if (peer === undefined || incarnation < peer.incarnation) return;
    if (incarnation === peer.incarnation && sequence <= peer.sequence) return;
    if (incarnation > peer.incarnation && peer.incarnation >= 0) {
      this.#changes.push(`restarted ${name}`);
      peer.excusedMs = -Infinity;
    }
    Object.assign(peer, { incarnation, sequence, arrivedMs: nowMs });
    this.#hear(name, peer);
    this.#live(name, peer, nowMs);
  }

  observe(name: string, nowMs: number): void {
    const peer = this.#peers.get(name);
    if (peer === undefined || peer.state === 'unheard') return;
    this.#hear(name, peer);
    this.#live(name, peer, nowMs);
  }

  vouch(name: string, nowMs: number): void {
    const peer = this.#peers.get(name);
    if (peer === undefined || peer.state === 'unheard') return;
    this.#live(name, peer, nowMs);
    if (!peer.isVouched) this.#changes.push(`inbound ${name}`);
    peer.isVouched = true;
  }

  excuse(name: string, untilMs: number): void {
    const peer = this.#peers.get(name);
    if (peer !== undefined) peer.excusedMs = untilMs;
  }

  pauseEnded(nowMs: number): void {
    for (const peer of this.#peers.values()) {
      peer.pauses += 1;
      if (peer.pauses <= this.#options.excusingPausesMax) peer.pausedMs = nowMs;
    }
  }

  advance(nowMs: number): readonly string[] {
    for (const [name, peer] of this.#peers) this.#judge(name, peer, nowMs);
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  state(name: string): string | undefined {
    return this.#peers.get(name)?.state;
  }

  #hear(name: string, peer: SlowPeer): void {
    if (peer.isVouched) this.#changes.push(`inbound ${name}`);
    peer.isVouched = false;
  }

  #live(name: string, peer: SlowPeer, nowMs: number): void {
    Object.assign(peer, { evidenceMs: nowMs, pauses: 0, doubtedMs: undefined });
    if (peer.state !== 'trusted') this.#changes.push(`trusted ${name}`);
    peer.state = 'trusted';
  }

  #judge(name: string, peer: SlowPeer, nowMs: number): void {
    if (peer.state === 'suspected') return;
    const { doubtMs } = this.#options;
    if (nowMs < this.#dueMs(peer)) {
      peer.doubtedMs = undefined;
      return;
    }
    if (peer.state === 'trusted' && doubtMs > 0) {
      if (peer.doubtedMs === undefined) this.#changes.push(`doubted ${name}`);
      peer.doubtedMs ??= nowMs;
      if (nowMs < peer.doubtedMs + doubtMs) return;
    }
    Object.assign(peer, { state: 'suspected', isVouched: false, doubtedMs: undefined });
    this.#changes.push(`suspected ${name}`);
  }

  #dueMs({ state, addedMs, pausedMs, arrivedMs, evidenceMs, excusedMs }: SlowPeer): number {
    const { timeoutMs, firstWithinMs, intervalMs } = this.#options;
    if (state === 'unheard') return Math.max(addedMs, pausedMs) + firstWithinMs;
    const signMs = Math.max(evidenceMs, pausedMs);
    // Others vouched for one that never sent a heartbeat: there is no time-out yet.
    if (arrivedMs === -Infinity) {
      return Math.max(evidenceMs + firstWithinMs, excusedMs, signMs + intervalMs);
    }
    return Math.max(excusedMs, signMs + timeoutMs);
  }
}
