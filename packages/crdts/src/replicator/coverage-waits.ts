import type { NodeId, Timer } from '@quorate/transport';

/** What is waited for: enough peers that have what a document was at some time. */
export interface CoverageWait {
  readonly document: string;
  readonly peerCount: number;
  /** Who of the peers has it by now. */
  readonly covering: () => readonly NodeId[];
  readonly resolve: (peers: readonly NodeId[]) => void;
  timer: Timer | undefined;
}

/** Callers that wait until enough peers have what they wrote. */
export class CoverageWaits {
  readonly #waits = new Set<CoverageWait>();

  add(wait: CoverageWait): void {
    this.#waits.add(wait);
    this.#look(wait);
  }

  /** To be called when a peer may have more than before. */
  look(): void {
    for (const wait of this.#waits) this.#look(wait);
  }

  /** Ends a wait with what there is. */
  end(wait: CoverageWait): void {
    if (!this.#waits.delete(wait)) return;
    wait.timer?.cancel();
    wait.resolve(wait.covering());
  }

  /** Ends the waits for one document, or all of them. */
  endAll(document?: string): void {
    for (const wait of this.#waits) {
      if (document === undefined || wait.document === document) this.end(wait);
    }
  }

  #look(wait: CoverageWait): void {
    if (wait.covering().length >= wait.peerCount) this.end(wait);
  }
}
