/*
 * Updates, versions and documents that are larger than the transport takes, in pieces.
 *
 * A whole is known by its size and checksum. So if pieces get lost, and the sender sends it once
 * more, what arrived the first time still counts, and the second time fills the gaps: of a hundred
 * pieces some are always lost where one message in ten is. The head of the message, with its
 * number, is another one each time, and travels with each piece.
 *
 * Memory: what has arrived, not what a first piece claims, and of one whole for each peer.
 */
import { crc32c } from '@quorate/transport/codec';

import type { PartedMessage, PartMessage } from './messages.ts';

/** Shorter pieces than this, but for the last, would cost more to keep than they carry. */
const PART_BYTES_MIN = 512;

/** Bytes with their checksum, which is not worked out for each piece. */
export interface CheckedBytes {
  readonly bytes: Uint8Array;
  readonly crc: number;
}

/** The pieces of a message that is to be sent, from the first one that was not sent yet. */
export class Cutting {
  readonly #head: PartedMessage;
  readonly #bytes: Uint8Array;
  readonly #crc: number;
  readonly #partBytes: number;
  readonly #to: number;
  #offset: number;

  /**
   * @param head - The message without what is large.
   * @param whole - That.
   * @param partBytes - Of each piece but the last.
   * @param range - Which pieces: those that begin there.
   */
  constructor(
    head: PartedMessage,
    { bytes, crc }: CheckedBytes,
    partBytes: number,
    { from, to }: { readonly from: number; readonly to: number } = { from: 0, to: bytes.length },
  ) {
    this.#head = head;
    this.#bytes = bytes;
    this.#crc = crc;
    this.#partBytes = partBytes;
    this.#offset = from;
    this.#to = Math.min(to, bytes.length);
  }

  /** The next piece; nothing if all were sent. */
  get next(): PartMessage | undefined {
    if (this.#offset >= this.#to) return undefined;
    const [head, crc, offset] = [this.#head, this.#crc, this.#offset];
    const bytes = this.#bytes.subarray(offset, offset + this.#partBytes);
    return { kind: 'part', head, sizeBytes: this.#bytes.length, crc, offset, bytes };
  }

  /** Goes on behind the piece that `next` was. */
  advance(): void {
    this.#offset += this.#partBytes;
  }
}

/** `bytes` with their checksum. */
export function checked(bytes: Uint8Array): CheckedBytes {
  return { bytes, crc: crc32c(bytes) };
}

/** What a piece that arrived has led to. */
type AssemblyOutcome =
  | { readonly kind: 'more' | 'refused' }
  | { readonly kind: 'whole'; readonly message: PartedMessage };

/** The pieces of a message that arrives, in any order, some twice. */
export class Assembly {
  readonly #sizeBytesMax: number;
  #sizeBytes = 0;
  #crc = 0;
  #parts = new Map<number, Uint8Array>();
  #arrivedBytes = 0;
  /** All before is there. */
  #gap = 0;

  /** @param sizeBytesMax - Of a whole update or version. */
  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  /** Which whole it is; 0 and 0 if nothing has arrived. */
  get name(): { readonly sizeBytes: number; readonly crc: number } {
    return { sizeBytes: this.#sizeBytes, crc: this.#crc };
  }

  /** Where the first piece is missing. */
  get gap(): number {
    return this.#gap;
  }

  /** Bytes kept. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /**
   * Adds a piece. One of another whole takes the place of all before.
   *
   * @returns 'whole' with the message; 'refused' if it is none that can be, or too large.
   */
  add(part: PartMessage): AssemblyOutcome {
    const { sizeBytes, crc, offset, bytes } = part;
    const isLast = offset + bytes.length === sizeBytes;
    if (sizeBytes > this.#sizeBytesMax || (!isLast && bytes.length < PART_BYTES_MIN)) {
      return { kind: 'refused' };
    }
    if (sizeBytes !== this.#sizeBytes || crc !== this.#crc) {
      this.clear();
      this.#sizeBytes = sizeBytes;
      this.#crc = crc;
    }
    if (this.#parts.get(offset)?.length === bytes.length) return { kind: 'more' };
    this.#arrivedBytes += bytes.length - (this.#parts.get(offset)?.length ?? 0);
    // More than the whole: pieces overlap, which those of one sender do not.
    if (this.#arrivedBytes > sizeBytes) {
      this.clear();
      return { kind: 'refused' };
    }
    this.#parts.set(offset, bytes.slice());
    this.#closeGap();
    return this.#arrivedBytes < sizeBytes ? { kind: 'more' } : this.#whole(part.head);
  }

  /** Forgets what arrived. */
  clear(): void {
    this.#parts = new Map();
    this.#arrivedBytes = 0;
    this.#gap = 0;
    this.#sizeBytes = 0;
    this.#crc = 0;
  }

  #closeGap(): void {
    let part = this.#parts.get(this.#gap);
    while (part !== undefined) {
      this.#gap += part.length;
      part = this.#parts.get(this.#gap);
    }
  }

  #whole(head: PartedMessage): AssemblyOutcome {
    const bytes = new Uint8Array(this.#sizeBytes);
    for (const [offset, part] of this.#parts) bytes.set(part, offset);
    const isIntact = crc32c(bytes) === this.#crc;
    this.clear();
    return isIntact ? { kind: 'whole', message: completed(head, bytes) } : { kind: 'refused' };
  }
}

function completed(head: PartedMessage, bytes: Uint8Array): PartedMessage {
  if (head.kind === 'updates') return { ...head, updates: [bytes] };
  if (head.kind === 'whole') return { ...head, bytes };
  return { ...head, entries: head.entries.map((entry) => ({ ...entry, version: bytes })) };
}
