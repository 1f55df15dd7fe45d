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
 * nothing in another session.
 *
 * Damage is found in one of three ways, which the handshake agrees on (`Sealing`). A checksum in
 * every frame is the rule, and the only way of the handshake itself. But in JavaScript the sums of
 * a small message, one when it is sent and one when it arrives, cost more than all else that
 * happens to it. Platforms with a CRC-32 of their own get several times the speed on long runs of
 * bytes, and none on short ones; so there the frames of one write lie in a block, which is itself a
 * frame, and only the block has a checksum. Where both ends' carriers protect bytes already, no
 * frame has one. A checksum that is not used is 0.
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
  /** Frames, whole, sealed by one checksum. Never in another block. */
  block: 9,
} as const;

/** Set in the kind of frames that took the urgent lane. */
export const urgentBit = 0x80;

/** Why a stream of frames cannot be read any further. */
export type FrameFault = 'version' | 'length' | 'checksum';

/** How damage to a stream is found. */
export type Sealing =
  | 'none' // The carrier sees to it.
  | 'frame' // CRC-32C of each frame.
  | 'block'; // CRC-32 of each block of frames.

/** Bytes of a block, header included, at most; a single larger frame has a block of its own. */
export const blockBytesMax: number = 64 * 1024;

/** The platform's CRC-32. */
export type Crc32 = (bytes: Uint8Array) => number;

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

/** Makes `block`, whose first sixteen bytes were left free and whose others are frames, a frame. */
export function sealBlock(block: Uint8Array, crc32: Crc32): void {
  writeWord(block, 0, 0);
  block[VERSION_AT] = frameVersion;
  block[5] = frameKinds.block;
  block[6] = 0;
  block[7] = 0;
  writeWord(block, LENGTH_AT, block.length - frameHeaderBytes);
  writeWord(block, 12, 0);
  writeWord(block, 0, crc32(block.subarray(VERSION_AT)));
}

/** How an established session reads. */
export interface DecoderTerms {
  readonly payloadBytesMax: number;
  readonly sealing: Sealing;
  /** Needed for 'block'. */
  readonly crc32: Crc32 | undefined;
}

/** Turns chunks of bytes, however split, back into frames. One per direction of a session. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  #payloadBytesMax: number;
  /** Bytes behind the header of what lies in the stream, a frame or a block, at most. */
  #bodyBytesMax: number;
  #sealing: Sealing = 'frame';
  #crc32: Crc32 | undefined;
  /** In the handshake, a frame of another version is a fault. */
  #isStrict = true;
  /** A frame that began in an earlier chunk: its first `#heldBytes` bytes. */
  #held = new Uint8Array(0);
  #heldBytes = 0;
  #unknownVersionCount = 0;

  /** @param payloadBytesMax - Longer payloads are a fault, until `relax` says otherwise. */
  constructor(sink: FrameSink, payloadBytesMax: number) {
    this.#sink = sink;
    this.#payloadBytesMax = payloadBytesMax;
    this.#bodyBytesMax = payloadBytesMax;
  }

  /** Frames stepped over because their version is unknown. */
  get unknownVersionCount(): number {
    return this.#unknownVersionCount;
  }

  /** Bytes of memory held for a frame that is not complete. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** Goes over from the handshake to an established session, with the next frame. */
  relax(terms: DecoderTerms): void {
    this.#isStrict = false;
    this.#sealing = terms.sealing;
    this.#crc32 = terms.crc32;
    this.#payloadBytesMax = terms.payloadBytesMax;
    this.#bodyBytesMax =
      terms.sealing === 'block'
        ? Math.max(blockBytesMax, frameHeaderBytes + terms.payloadBytesMax)
        : terms.payloadBytesMax;
  }

  /**
   * Reads `chunk` to its end and gives every frame that is complete to the sink.
   *
   * @param chunk - Borrowed until the call returns; frames that lie whole in it are not copied.
   * @returns What is wrong with the stream, after which the decoder must not be used; or undefined.
   */
  push(chunk: Uint8Array): FrameFault | undefined {
    const verdict = this.#read(chunk);
    return verdict === 'stopped' ? undefined : verdict;
  }

  #read(chunk: Uint8Array): Verdict {
    let at = 0;
    if (this.#heldBytes > 0) {
      at = this.#fill(chunk);
      const verdict = this.#takeHeld();
      if (verdict !== undefined || this.#heldBytes > 0) return verdict;
    }
    const size = chunk.length;
    while (size - at >= frameHeaderBytes) {
      const end = at + frameHeaderBytes + readWord(chunk, at + LENGTH_AT);
      const fault = this.#faultOf(chunk, at, end);
      if (fault !== undefined) return fault;
      if (end > size) break;
      const verdict = this.#open(chunk, at, end);
      if (verdict !== undefined) return verdict;
      at = end;
    }
    if (at === size) return undefined;
    this.#hold(chunk, at, size);
    return this.#faultOfBeginning();
  }

  /** Completes the held frame, as far as `chunk` goes. Returns how much of `chunk` that took. */
  #fill(chunk: Uint8Array): number {
    const toHeader = Math.min(chunk.length, Math.max(0, frameHeaderBytes - this.#heldBytes));
    this.#hold(chunk, 0, toHeader);
    if (this.#heldBytes < frameHeaderBytes) return toHeader;
    const total = frameHeaderBytes + readWord(this.#held, LENGTH_AT);
    if (this.#faultOf(this.#held, 0, total) !== undefined) return toHeader;
    const end = Math.min(chunk.length, toHeader + total - this.#heldBytes);
    this.#hold(chunk, toHeader, end);
    return end;
  }

  /** Reads the held frame if it is complete, and then holds nothing. */
  #takeHeld(): Verdict {
    if (this.#heldBytes < frameHeaderBytes) return this.#faultOfBeginning();
    const frame = this.#held;
    const end = frameHeaderBytes + readWord(frame, LENGTH_AT);
    const fault = this.#faultOf(frame, 0, end);
    if (fault !== undefined) return fault;
    if (this.#heldBytes < end) return undefined;
    this.#heldBytes = 0;
    // A buffer as large as the largest frame seen would be kept for as long as the session lives.
    if (frame.length > HELD_BYTES_KEPT) this.#held = new Uint8Array(0);
    return this.#open(frame, 0, end);
  }

  /** Copies `chunk[from..to)` behind what is held. The buffer doubles: it follows what arrives. */
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

  /** What does not even begin like a frame is not waited for. */
  #faultOfBeginning(): FrameFault | undefined {
    const isForeign = this.#heldBytes > VERSION_AT && this.#held[VERSION_AT] !== frameVersion;
    return this.#isStrict && isForeign ? 'version' : undefined;
  }

  /** What is wrong with the frame at `at`, which claims to go to `end`, by its header alone. */
  #faultOf(bytes: Uint8Array, at: number, end: number): FrameFault | undefined {
    if (this.#isStrict && bytes[at + VERSION_AT] !== frameVersion) return 'version';
    return end - at - frameHeaderBytes > this.#bodyBytesMax ? 'length' : undefined;
  }

  /** Checks what lies whole at `bytes[at..end)` and gives it to the sink. */
  #open(bytes: Uint8Array, at: number, end: number): Verdict {
    if (this.#sealing === 'block') return this.#openBlock(bytes, at, end);
    if (this.#sealing === 'frame' && !isIntact(bytes, at, end)) return 'checksum';
    return this.#give(bytes, at, end) ? undefined : 'stopped';
  }

  #openBlock(bytes: Uint8Array, from: number, to: number): Verdict {
    const sum = this.#crc32?.(bytes.subarray(from + VERSION_AT, to));
    if (sum !== readWord(bytes, from)) return 'checksum';
    if (bytes[from + VERSION_AT] !== frameVersion) {
      this.#unknownVersionCount += 1;
      return undefined;
    }
    if (bytes[from + 5] !== frameKinds.block) return 'checksum';
    let at = from + frameHeaderBytes;
    while (at < to) {
      if (to - at < frameHeaderBytes) return 'length';
      const length = readWord(bytes, at + LENGTH_AT);
      const end = at + frameHeaderBytes + length;
      if (end > to || length > this.#payloadBytesMax) return 'length';
      if (!this.#give(bytes, at, end)) return 'stopped';
      at = end;
    }
    return undefined;
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

/** What came of reading: a fault, the sink's word to stop, or undefined to go on. */
type Verdict = FrameFault | 'stopped' | undefined;

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
