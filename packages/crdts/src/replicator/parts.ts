/*
 * Updates and versions that are larger than the transport takes, in pieces.
 *
 * A whole is known by its size and checksum. So if pieces get lost, and the sender sends it once
 * more, what arrived the first time still counts, and the second time fills the gaps: of a hundred
 * pieces some are always lost where one message in ten is. The head of the message, with its
 * number, is another one each time, and travels with each piece.
 *
 * Memory: what has arrived, not what a first piece claims, and of one whole for each peer.
 */
import { crc32c } from '@quorate/transport/codec';

import type { PartMessage, UpdatesMessage, VersionsMessage } from './messages.ts';

/** Shorter pieces than this, but for the last, would cost more to keep than they carry. */
const PART_BYTES_MIN = 512;

/** The pieces of a message that is to be sent, from the first one that was not sent yet. */
export class Cutting {
  readonly #head: PartMessage['head'];
  readonly #bytes: Uint8Array;
  readonly #crc: number;
  readonly #partBytes: number;
  #offset = 0;

  /**
   * @param head - The message without its update or version.
   * @param bytes - The update or version.
   * @param partBytes - Of each piece but the last.
   */
  constructor(head: PartMessage['head'], bytes: Uint8Array, partBytes: number) {
    this.#head = head;
    this.#bytes = bytes;
    this.#crc = crc32c(bytes);
    this.#partBytes = partBytes;
  }

  /** The next piece; nothing if all were sent. */
  get next(): PartMessage | undefined {
    if (this.#offset >= this.#bytes.length) return undefined;
    const [head, crc, offset] = [this.#head, this.#crc, this.#offset];
    const bytes = this.#bytes.subarray(offset, offset + this.#partBytes);
    return { kind: 'part', head, sizeBytes: this.#bytes.length, crc, offset, bytes };
  }

  /** Goes on behind the piece that `next` was. */
  advance(): void {
    this.#offset += this.#partBytes;
  }
}

/** What a piece that arrived has led to. */
type AssemblyOutcome =
  | { readonly kind: 'more' | 'refused' }
  | { readonly kind: 'whole'; readonly message: UpdatesMessage | VersionsMessage };

/** The pieces of a message that arrives, in any order, some twice. */
export class Assembly {
  readonly #sizeBytesMax: number;
  #sizeBytes = 0;
  #crc = 0;
  #parts = new Map<number, Uint8Array>();
  #arrivedBytes = 0;

  /** @param sizeBytesMax - Of a whole update or version. */
  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax;
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
    return this.#arrivedBytes < sizeBytes ? { kind: 'more' } : this.#whole(part.head);
  }

  /** Forgets what arrived. */
  clear(): void {
    this.#parts = new Map();
    this.#arrivedBytes = 0;
    this.#sizeBytes = 0;
    this.#crc = 0;
  }

  #whole(head: PartMessage['head']): AssemblyOutcome {
    const bytes = new Uint8Array(this.#sizeBytes);
    for (const [offset, part] of this.#parts) bytes.set(part, offset);
    const isIntact = crc32c(bytes) === this.#crc;
    this.clear();
    return isIntact ? { kind: 'whole', message: completed(head, bytes) } : { kind: 'refused' };
  }
}

function completed(head: PartMessage['head'], bytes: Uint8Array): UpdatesMessage | VersionsMessage {
  if (head.kind === 'updates') return { ...head, updates: [bytes] };
  return { ...head, entries: head.entries.map((entry) => ({ ...entry, version: bytes })) };
}
