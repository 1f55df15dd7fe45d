/*
 * Frames: how messages lie in a stream of bytes.
 *
 * A stream has no message boundaries, and one write per message is what makes naive transports
 * slow: the cost of a write is the system call, not the bytes. So frames delimit themselves, any
 * number of them travels in one write, and the reader takes chunks that were split and merged at
 * arbitrary places.
 *
 * ```text
 *  0                                       4         5         6                 8
 *  +---------------------------------------+---------+---------+-----------------+
 *  | CRC-32C of everything behind it       | version | kind    | protocol number |
 *  +---------------------------------------+---------+---------+-----------------+
 *  | payload length                        | sequence number of this lane        |
 *  +---------------------------------------+-------------------------------------+
 *  | payload ...
 * ```
 *
 * Everything is big-endian. The envelope (these sixteen bytes and what they mean) is the same in
 * every version, so a frame of a version nobody here knows can still be stepped over. `kind` says
 * in its highest bit which lane the frame took: urgent frames overtake the others, and each lane
 * counts its own frames, so that a carrier that loses, repeats or swaps bytes is found out. The
 * protocol number stands for a name that the sender announced earlier in the same lane; it means
 * nothing in another session. The checksum is 0 and unchecked where both ends found, in the
 * handshake, that their carrier protects the bytes already.
 *
 * Nothing is allocated because a length says so before that length was compared with the limit,
 * and even then memory follows the bytes that really arrived.
 */
import { crc32c } from './crc32c.ts';

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below was compared with the length before. `?? 0` in place of `!` is not free here:
   see crc32c.ts. */

/** Bytes before the payload of every frame. */
export const frameHeaderBytes = 16;

/** The version of the frames written here. */
export const frameVersion = 1;

const VERSION_AT = 4;
const LENGTH_AT = 8;

/** What a frame is for. Numbers of the wire format: never change one. */
export const frameKinds = {
  /** A message of a protocol. */
  data: 0,
  /** The name behind a protocol number, before its first use. */
  name: 1,
  /** Who I am; the first frame of each end. */
  hello: 2,
  /** That I am who I said. */
  proof: 3,
  /** The arbiter of the pair chose this link. */
  accept: 4,
  /** The other end took the arbiter's choice. */
  confirm: 5,
  /** No session, and why. */
  refuse: 6,
  /** I am alive. */
  beat: 7,
  /** I close in good order. */
  bye: 8,
} as const;

/** Set in the kind of frames that took the urgent lane. */
export const urgentBit = 0x80;

/** Why a stream of frames cannot be read any further. */
export type FrameFault = 'version' | 'length' | 'checksum';

/** Takes the frames that a `FrameDecoder` finds. */
export interface FrameSink {
  /**
   * One frame, `bytes[start..end)` its payload.
   *
   * @param kind - As on the wire, `urgentBit` included.
   * @param bytes - Borrowed until the call returns.
   * @returns Whether to go on: false drops everything after this frame.
   */
  frame(
    kind: number,
    protocolNumber: number,
    sequence: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean;
}

/**
 * Writes one frame into `target` at `at`, which has room for it.
 *
 * @param sequence - An integer in 0..2^32-1.
 * @param isChecked - 1 to compute the checksum, 0 to leave it 0.
 */
export function writeFrame(
  target: Uint8Array,
  at: number,
  kind: number,
  protocolNumber: number,
  sequence: number,
  payload: Uint8Array,
  isChecked: 0 | 1,
): void {
  const length = payload.length;
  target[at + VERSION_AT] = frameVersion;
  target[at + 5] = kind;
  target[at + 6] = protocolNumber >>> 8;
  target[at + 7] = protocolNumber;
  writeWord(target, at + LENGTH_AT, length);
  writeWord(target, at + 12, sequence);
  target.set(payload, at + frameHeaderBytes);
  const end = at + frameHeaderBytes + length;
  writeWord(target, at, isChecked === 1 ? crc32c(target, at + VERSION_AT, end) : 0);
}

/** Turns chunks of bytes, however split, back into frames. One per direction of a session. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  #payloadBytesMax: number;
  #isChecked = true;
  #isStrict = true;
  /** A frame that began in an earlier chunk: its first `#heldBytes` bytes. */
  #held = new Uint8Array(0);
  #heldBytes = 0;
  #unknownVersionCount = 0;

  /**
   * @param payloadBytesMax - Longer payloads are a fault; see `relax` for what comes later.
   */
  constructor(sink: FrameSink, payloadBytesMax: number) {
    this.#sink = sink;
    this.#payloadBytesMax = payloadBytesMax;
  }

  /** Frames stepped over because their version is unknown. */
  get unknownVersionCount(): number {
    return this.#unknownVersionCount;
  }

  /** Bytes of memory held for a frame that is not complete. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /**
   * Goes over from the handshake, where anything unknown is a fault, to the established session.
   * Takes effect with the next frame.
   */
  relax(options: { readonly payloadBytesMax: number; readonly isChecked: boolean }): void {
    this.#payloadBytesMax = options.payloadBytesMax;
    this.#isChecked = options.isChecked;
    this.#isStrict = false;
  }

  /**
   * Reads `chunk` to its end and gives every frame that is complete to the sink.
   *
   * @param chunk - Borrowed until the call returns; frames that lie whole in it are not copied.
   * @returns What is wrong with the stream, after which the decoder must not be used; or undefined.
   */
  push(chunk: Uint8Array): FrameFault | undefined {
    let at = 0;
    while (this.#heldBytes > 0 && at < chunk.length) {
      const taken = this.#fill(chunk, at);
      if (typeof taken === 'string') return taken;
      if (taken < 0) return undefined;
      at += taken;
    }
    return this.#scan(chunk, at);
  }

  /** Reads the frames that lie whole in `chunk` and holds what is left. */
  #scan(chunk: Uint8Array, from: number): FrameFault | undefined {
    let at = from;
    const size = chunk.length;
    while (size - at >= frameHeaderBytes) {
      const length = readWord(chunk, at + LENGTH_AT);
      const fault = this.#faultOf(chunk, at, length);
      if (fault !== undefined) return fault;
      const end = at + frameHeaderBytes + length;
      if (end > size) break;
      if (this.#isChecked && !isIntact(chunk, at, end)) return 'checksum';
      if (!this.#give(chunk, at, end)) return undefined;
      at = end;
    }
    if (at === size) return undefined;
    this.#hold(chunk, at, size);
    // What does not even begin like a frame is not waited for.
    const isForeign = this.#heldBytes > VERSION_AT && this.#held[VERSION_AT] !== frameVersion;
    return this.#isStrict && isForeign ? 'version' : undefined;
  }

  /**
   * Continues the held frame with bytes of `chunk` from `at`.
   *
   * @returns How many bytes were taken, a fault, or -1 if the sink wants no more.
   */
  #fill(chunk: Uint8Array, at: number): number | FrameFault {
    let end = at;
    if (this.#heldBytes < frameHeaderBytes) {
      end = Math.min(chunk.length, at + frameHeaderBytes - this.#heldBytes);
      this.#hold(chunk, at, end);
      if (this.#heldBytes < frameHeaderBytes) return end - at;
    }
    const length = readWord(this.#held, LENGTH_AT);
    const fault = this.#faultOf(this.#held, 0, length);
    if (fault !== undefined) return fault;
    const total = frameHeaderBytes + length;
    const rest = end;
    end = Math.min(chunk.length, rest + total - this.#heldBytes);
    this.#hold(chunk, rest, end);
    if (this.#heldBytes < total) return end - at;

    const frame = this.#held;
    this.#heldBytes = 0;
    // A buffer as large as the largest frame seen would be kept for as long as the session lives.
    if (frame.length > HELD_BYTES_KEPT) this.#held = new Uint8Array(0);
    if (this.#isChecked && !isIntact(frame, 0, total)) return 'checksum';
    return this.#give(frame, 0, total) ? end - at : -1;
  }

  /** Copies `chunk[from..to)` behind what is held. The buffer doubles, so it follows what arrives. */
  #hold(chunk: Uint8Array, from: number, to: number): void {
    const needed = this.#heldBytes + to - from;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(256, needed, this.#held.length * 2));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(chunk.subarray(from, to), this.#heldBytes);
    this.#heldBytes = needed;
  }

  #faultOf(bytes: Uint8Array, at: number, length: number): FrameFault | undefined {
    if (this.#isStrict && bytes[at + VERSION_AT] !== frameVersion) return 'version';
    return length > this.#payloadBytesMax ? 'length' : undefined;
  }

  #give(bytes: Uint8Array, at: number, end: number): boolean {
    if (bytes[at + VERSION_AT] !== frameVersion) {
      this.#unknownVersionCount += 1;
      return true;
    }
    const kind = bytes[at + 5]!;
    const protocolNumber = (bytes[at + 6]! << 8) | bytes[at + 7]!;
    const sequence = readWord(bytes, at + 12);
    return this.#sink.frame(kind, protocolNumber, sequence, bytes, at + frameHeaderBytes, end);
  }
}

/** Buffers up to this size are kept for the next frame that arrives in pieces. */
const HELD_BYTES_KEPT = 64 * 1024;

function isIntact(bytes: Uint8Array, at: number, end: number): boolean {
  return readWord(bytes, at) === crc32c(bytes, at + VERSION_AT, end);
}

function readWord(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return ((bytes[at]! << 24) | low) >>> 0;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
