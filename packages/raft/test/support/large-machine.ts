import type { StreamingStateMachine } from '../../src/node/streaming-machine.ts';

/** Many bytes of state: the commands, summed up, and ballast that depends on them. */
export class LargeMachine implements StreamingStateMachine {
  readonly #ballastBytes: number;
  sum = 0;
  count = 0;
  /** Largest piece that was given to `restoreStream`. */
  largestPieceBytes = 0;
  restoredBytes = 0;

  constructor(ballastBytes: number) {
    this.#ballastBytes = ballastBytes;
  }

  apply(command: Uint8Array): Uint8Array {
    this.sum = (this.sum + (command[0] ?? 0)) >>> 0;
    this.count += 1;
    return Uint8Array.of(this.count & 0xff);
  }

  async *snapshotStream(): AsyncIterable<Uint8Array> {
    const { sum, count } = this;
    const pieceBytes = 10_000;
    yield await Promise.resolve(new Uint8Array(Uint32Array.of(sum, count).buffer));
    for (let at = 0; at < this.#ballastBytes; at += pieceBytes) {
      yield new Uint8Array(Math.min(pieceBytes, this.#ballastBytes - at)).fill(sum + at);
    }
  }

  async restoreStream(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    let head: Uint8Array = new Uint8Array(0);
    this.restoredBytes = 0;
    for await (const piece of pieces) {
      if (head.length < 8) head = Uint8Array.from([...head, ...piece.subarray(0, 8)]);
      this.largestPieceBytes = Math.max(this.largestPieceBytes, piece.length);
      this.restoredBytes += piece.length;
    }
    const view = new DataView(head.buffer);
    this.sum = view.getUint32(0, true);
    this.count = view.getUint32(4, true);
  }
}
