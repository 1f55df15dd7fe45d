import type { NodeId } from '@quorate/transport';

interface Suspicion {
  untilMs: number;
  isTrying: boolean;
}

/**
 * Whom it is of use to ask. After a failure nobody waits for that owner for a while; then one
 * decision tries, and the others go on without until it has an answer.
 */
export class OwnerHealth {
  readonly #suspicions = new Map<NodeId, Suspicion>();
  readonly #retryMs: number;

  /** @param retryMs - How long to leave an owner alone after a failure. */
  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  /** Whether to ask `owner` now. If it failed before, this is the one try. */
  mayAsk(owner: NodeId, nowMs: number): boolean {
    const suspicion = this.#suspicions.get(owner);
    if (suspicion === undefined) return true;
    if (suspicion.isTrying || nowMs < suspicion.untilMs) return false;
    suspicion.isTrying = true;
    return true;
  }

  /** It answered. */
  answered(owner: NodeId): void {
    this.#suspicions.delete(owner);
  }

  /** It did not. */
  failed(owner: NodeId, nowMs: number): void {
    this.#suspicions.set(owner, { untilMs: nowMs + this.#retryMs, isTrying: false });
  }

  /** Forgets all, because others own now. */
  clear(): void {
    this.#suspicions.clear();
  }
}
