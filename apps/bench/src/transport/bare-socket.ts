import type { Socket } from 'node:net';

/** How the bare program writes. */
export type Batching =
  | 'perFrame' // Each frame on its own.
  | 'perTurn' // The frames of an event-loop turn, concatenated at its end.
  | 'perTurnInPlace'; // The same, each frame written into the one buffer at once.

const PREFIX_BYTES = 4;

/**
 * What somebody would write by hand over `node:net`: a length, then the payload. No checksum, no
 * names, no bound on the queue, no peers.
 */
export class BareSocket {
  readonly #socket: Socket;
  readonly #batching: Batching;
  #onPayload: (payload: Uint8Array) => void = () => undefined;
  #rest: Buffer | undefined;
  #frames: Buffer[] = [];
  #batch = Buffer.allocUnsafe(65_536);
  #batchBytes = 0;

  constructor(socket: Socket, batching: Batching) {
    this.#socket = socket;
    this.#batching = batching;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
  }

  onPayload(callback: (payload: Uint8Array) => void): void {
    this.#onPayload = callback;
  }

  send(payload: Uint8Array): void {
    if (this.#batching === 'perTurnInPlace') {
      this.#sendInPlace(payload);
      return;
    }
    const frame = Buffer.allocUnsafe(PREFIX_BYTES + payload.length);
    frame.writeUInt32BE(payload.length, 0);
    frame.set(payload, PREFIX_BYTES);
    if (this.#batching === 'perFrame') {
      this.#socket.write(frame);
      return;
    }
    if (this.#frames.length === 0) setImmediate(this.#flush);
    this.#frames.push(frame);
  }

  readonly #flush = (): void => {
    const frames = this.#frames;
    this.#frames = [];
    this.#socket.write(Buffer.concat(frames));
  };

  #sendInPlace(payload: Uint8Array): void {
    const sizeBytes = PREFIX_BYTES + payload.length;
    if (this.#batchBytes === 0) setImmediate(this.#flushInPlace);
    else if (this.#batchBytes + sizeBytes > this.#batch.length) this.#grow(sizeBytes);
    this.#batch.writeUInt32BE(payload.length, this.#batchBytes);
    this.#batch.set(payload, this.#batchBytes + PREFIX_BYTES);
    this.#batchBytes += sizeBytes;
  }

  #grow(sizeBytes: number): void {
    const grown = Buffer.allocUnsafe(2 * this.#batch.length + sizeBytes);
    this.#batch.copy(grown, 0, 0, this.#batchBytes);
    this.#batch = grown;
  }

  readonly #flushInPlace = (): void => {
    this.#socket.write(this.#batch.subarray(0, this.#batchBytes));
    // The socket may still need the bytes, so the next turn gets another buffer.
    this.#batch = Buffer.allocUnsafe(65_536);
    this.#batchBytes = 0;
  };

  #read(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (bytes.length - at >= PREFIX_BYTES) {
      const end = at + PREFIX_BYTES + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      this.#onPayload(bytes.subarray(at + PREFIX_BYTES, end));
      at = end;
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
  }
}
