import type { MessagePort } from 'node:worker_threads';

/** When the bare program posts: each message on its own, or all of a turn in one moved buffer. */
export type Posting = 'perMessage' | 'perTurn';

const PREFIX_BYTES = 4;
const BATCH_BYTES = 65_536;

/**
 * What somebody would write by hand over a port. Batched, it copies messages behind their lengths
 * into one buffer, posts it once per turn of the event loop and gives the buffer away, which is as
 * good as JavaScript gets. No names, no bound on what is under way, no peers.
 */
export class BarePort {
  readonly #port: MessagePort;
  readonly #posting: Posting;
  #onPayload: (payload: Uint8Array) => void = () => undefined;
  #batch = new Uint8Array(BATCH_BYTES);
  #view = new DataView(this.#batch.buffer);
  #batchBytes = 0;

  constructor(port: MessagePort, posting: Posting) {
    this.#port = port;
    this.#posting = posting;
    port.on('message', (data: Uint8Array) => {
      if (this.#posting === 'perMessage') this.#onPayload(data);
      else this.#read(data);
    });
  }

  onPayload(callback: (payload: Uint8Array) => void): void {
    this.#onPayload = callback;
  }

  send(payload: Uint8Array): void {
    if (this.#posting === 'perMessage') {
      this.#port.postMessage(payload);
      return;
    }
    const sizeBytes = PREFIX_BYTES + payload.length;
    if (this.#batchBytes === 0) setImmediate(this.#flush);
    else if (this.#batchBytes + sizeBytes > this.#batch.length) this.#grow(sizeBytes);
    this.#view.setUint32(this.#batchBytes, payload.length);
    this.#batch.set(payload, this.#batchBytes + PREFIX_BYTES);
    this.#batchBytes += sizeBytes;
  }

  #grow(sizeBytes: number): void {
    const grown = new Uint8Array(2 * this.#batch.length + sizeBytes);
    grown.set(this.#batch);
    this.#take(grown);
  }

  #take(batch: Uint8Array<ArrayBuffer>): void {
    this.#batch = batch;
    this.#view = new DataView(batch.buffer);
  }

  readonly #flush = (): void => {
    const used = this.#batch.subarray(0, this.#batchBytes);
    this.#port.postMessage(used, [this.#batch.buffer]);
    this.#take(new Uint8Array(BATCH_BYTES));
    this.#batchBytes = 0;
  };

  #read(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at < bytes.length) {
      const end = at + PREFIX_BYTES + view.getUint32(at);
      this.#onPayload(bytes.subarray(at + PREFIX_BYTES, end));
      at = end;
    }
  }
}
