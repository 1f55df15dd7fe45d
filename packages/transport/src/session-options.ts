import type { Authentication } from './authentication.ts';
import { frameHeaderBytes } from './frame.ts';
import type { ProtocolName } from './protocol-name.ts';
import type { SessionLimits } from './session.ts';

/** What every carrier with sessions lets its user choose. All of it optional. */
export interface SessionOptions {
  /**
   * Tells this run of the process from earlier ones: a safe integer that rises with every restart.
   * Default: from the wall clock. Pass a stored, rising number where that clock may step back
   * across a restart, or peers refuse the node until the clock has caught up.
   */
  readonly incarnation?: number;
  /**
   * The largest payload, in bytes; 1 200..2^30. Default 1 MiB. A partly received frame costs the
   * receiver as much memory as has arrived of it, per peer.
   */
  readonly maxPayloadBytes?: number;
  /**
   * Bytes queued for one peer, at most; the largest payload must fit in seven eighths of it, since
   * the last eighth is for control protocols. Default 4 MiB. Raising it rides out longer stalls and
   * costs that much memory per stalled peer.
   */
  readonly maxQueueBytes?: number;
  /** Queued bytes from which `send` answers 'pressured'. Default: a quarter of `maxQueueBytes`. */
  readonly highWaterBytes?: number;
  /** Protocols whose messages overtake all others and may use the whole queue. Default: none. */
  readonly controlProtocols?: readonly ProtocolName[];
  /** How nodes prove their ids. Default: not at all. */
  readonly authentication?: Authentication;
  /** Receives what listeners, observers and hooks throw, and why a dialed peer refuses. */
  readonly onError?: (error: unknown) => void;
  /** The longest a session sends nothing, in ms. Default 1 000. */
  readonly beatMs?: number;
  /**
   * The longest silence of a peer before it is 'down', in ms; at least twice `beatMs`. Default
   * 5 000. Lowering it finds dead peers sooner and takes more pauses for death.
   */
  readonly silenceMs?: number;
  /** The longest a connection may take to become a session, in ms. Default 5 000. */
  readonly handshakeMs?: number;
  /** The first redial comes within this many ms, each next within twice as many. Default 100. */
  readonly redialMsMin?: number;
  /** Until redials come within this many ms. Default 10 000. */
  readonly redialMsMax?: number;
  /** Peers remembered at a time, at least 1. Default 1 024. */
  readonly peerCountMax?: number;
  /** Unfinished handshakes at a time, at least 1; the oldest gives way. Default 128. */
  readonly handshakeCountMax?: number;
}

/** `SessionOptions` with defaults, validated. */
export interface SessionSettings extends SessionLimits {
  readonly redialMsMin: number;
  readonly redialMsMax: number;
  readonly peerCountMax: number;
  readonly handshakeCountMax: number;
}

const PAYLOAD_BYTES_MIN = 1_200;
const PAYLOAD_BYTES_MAX = 2 ** 30;

/**
 * Fills in what `options` leave open.
 *
 * @throws RangeError if a number is out of its range, or the largest payload cannot be queued.
 */
export function sessionSettings(options: SessionOptions): SessionSettings {
  const payloadBytesMax = options.maxPayloadBytes ?? 2 ** 20;
  expectInteger('maxPayloadBytes', payloadBytesMax, PAYLOAD_BYTES_MIN, PAYLOAD_BYTES_MAX);
  const queueBytesMax = options.maxQueueBytes ?? Math.max(2 ** 22, 4 * payloadBytesMax);
  const queueBytesMin = Math.ceil(((payloadBytesMax + 8 * frameHeaderBytes) * 8) / 7);
  expectInteger('maxQueueBytes', queueBytesMax, queueBytesMin, Number.MAX_SAFE_INTEGER);
  const highWaterBytes = options.highWaterBytes ?? Math.floor(queueBytesMax / 4);
  expectInteger('highWaterBytes', highWaterBytes, 1, queueBytesMax);

  const beatMs = options.beatMs ?? 1_000;
  expectMs('beatMs', beatMs, 1);
  const silenceMsMax = options.silenceMs ?? Math.max(5_000, 5 * beatMs);
  expectMs('silenceMs', silenceMsMax, 2 * beatMs);
  const handshakeMsMax = options.handshakeMs ?? 5_000;
  expectMs('handshakeMs', handshakeMsMax, 1);
  const redialMsMin = options.redialMsMin ?? 100;
  expectMs('redialMsMin', redialMsMin, 1);
  const redialMsMax = options.redialMsMax ?? Math.max(10_000, redialMsMin);
  expectMs('redialMsMax', redialMsMax, redialMsMin);

  const peerCountMax = options.peerCountMax ?? 1_024;
  expectInteger('peerCountMax', peerCountMax, 1, Number.MAX_SAFE_INTEGER);
  const handshakeCountMax = options.handshakeCountMax ?? 128;
  expectInteger('handshakeCountMax', handshakeCountMax, 1, Number.MAX_SAFE_INTEGER);
  return {
    payloadBytesMax,
    queueBytesMax,
    highWaterBytes,
    beatMs,
    silenceMsMax,
    handshakeMsMax,
    redialMsMin,
    redialMsMax,
    peerCountMax,
    handshakeCountMax,
  };
}

/** @throws RangeError if `clusterId` is not 1..64 bytes of well-formed UTF-8. */
export function expectClusterId(clusterId: string): void {
  const sizeBytes = new TextEncoder().encode(clusterId).length;
  if (sizeBytes >= 1 && sizeBytes <= 64 && clusterId.isWellFormed()) return;
  throw new RangeError(`clusterId: expected 1..64 bytes of UTF-8, got ${sizeBytes}`);
}

/** @throws RangeError if `incarnation` is no integer in 0..2^53-1. */
export function expectIncarnation(incarnation: number): void {
  expectInteger('incarnation', incarnation, 0, Number.MAX_SAFE_INTEGER);
}

/** What a receiver must grant at least, in bytes: two ends that wait for each other stand still. */
const CREDIT_BYTES_MIN = 2 ** 16;

/** @throws RangeError if `creditBytes` is no integer of at least 65 536. */
export function expectCreditBytes(creditBytes: number): void {
  if (Number.isSafeInteger(creditBytes) && creditBytes >= CREDIT_BYTES_MIN) return;
  throw new RangeError(`creditBytes: expected an integer >= 65536, got ${String(creditBytes)}`);
}

function expectInteger(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new RangeError(
    `${name}: expected an integer in ${String(min)}..${String(max)}, got ${String(value)}`,
  );
}

/** Timers of common platforms overflow at 2^31 ms. */
function expectMs(name: string, value: number, min: number): void {
  if (value >= min && value <= 2 ** 31 - 1) return;
  throw new RangeError(`${name}: expected ${String(min)}..2^31-1 ms, got ${String(value)}`);
}
