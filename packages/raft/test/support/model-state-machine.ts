import type { Entry, Snapshot } from '../../src/messages.ts';

/** A state machine whose whole state is a digest of the commands applied, in their order. */
export class ModelStateMachine {
  logIndex = 0;
  digest = 0;
  /** Called after every entry with the state it led to. */
  onApplied: (logIndex: number, digest: number) => void = () => undefined;

  apply(entries: readonly Entry[]): void {
    for (const { logIndex, term, payload } of entries) {
      if (logIndex !== this.logIndex + 1) {
        throw new Error(`apply: expected index ${this.logIndex + 1}, got ${logIndex}`);
      }
      this.logIndex = logIndex;
      let digest = Math.imul(this.digest, 31) + term;
      for (const byte of payload) digest = Math.imul(digest, 31) + byte;
      this.digest = digest | 0;
      this.onApplied(this.logIndex, this.digest);
    }
  }

  snapshot(): Uint8Array {
    const data = new DataView(new ArrayBuffer(12));
    data.setUint32(0, this.logIndex);
    data.setInt32(4, this.digest);
    return new Uint8Array(data.buffer);
  }

  restore({ data, lastIncludedIndex }: Snapshot): void {
    if (data === undefined) throw new Error('restore: expected data');
    const view = new DataView(data.buffer, data.byteOffset);
    if (view.getUint32(0) !== lastIncludedIndex) {
      throw new Error('restore: expected the state at the index of the snapshot');
    }
    if (lastIncludedIndex < this.logIndex) throw new Error('restore: expected to move forward');
    this.logIndex = lastIncludedIndex;
    this.digest = view.getInt32(4);
    this.onApplied(this.logIndex, this.digest);
  }

  /** The process starts anew, from the snapshot on its disk. */
  restart(snapshot: Snapshot | undefined): void {
    this.logIndex = 0;
    this.digest = 0;
    if (snapshot !== undefined) this.restore(snapshot);
  }
}
