/*
 * HELLO: how two processes find out whether they belong together.
 *
 * A connection proves nothing: the far end may be a browser, another cluster on a recycled
 * address, an older build, an impostor, or this very process. So nothing is believed, and hardly
 * anything allocated, before both ends have said and shown who they are:
 *
 * ```text
 *   dialer                                   acceptor
 *     | ---- HELLO ----------------------------> |   who I am, a fresh nonce
 *     | <--- HELLO, PROOF ---------------------- |   who I am, my nonce; proof over both HELLOs
 *     | ---- PROOF ----------------------------> |
 *     |   the smaller id of the two is the arbiter: it chooses one link of the pair
 *     | <=== ACCEPT ============================ |   (either direction)
 *     | ==== CONFIRM =========================> |
 * ```
 *
 * A proof is made over the raw bytes of both HELLOs, the prover's first. Both nonces are in there,
 * so a recorded proof is worth nothing later; so are versions and features, so nobody between can
 * talk two peers down; and prover and verifier cannot be swapped, so a proof cannot be mirrored.
 *
 * The acceptor is silent until it has read a HELLO for its cluster and its id. The layout of HELLO
 * never changes: later versions add behind its end, which is skipped here.
 */
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { DecodeError } from './codec.ts';
import { frameVersion } from './frame.ts';
import { nodeId, type NodeId } from './node-id.ts';

/** What one end says about itself. */
export interface Hello {
  /** The frame versions it speaks, both ends included. */
  readonly versionMin: number;
  readonly versionMax: number;
  /** Names the cluster, so that two of them never mix on a recycled address. */
  readonly clusterId: string;
  readonly nodeId: NodeId;
  /** Rises with every restart of the process. A safe integer. */
  readonly incarnation: number;
  /** Sixteen fresh random bytes. */
  readonly nonce: Uint8Array;
  /** The largest payload it takes. */
  readonly payloadBytesMax: number;
  /** Bits of `helloFeatures`; unknown ones are ignored. */
  readonly features: number;
  /** Counts the HELLOs of this incarnation, so that the arbiter can tell which link is newer. */
  readonly number: number;
  /** The numbers of its earlier HELLOs to the same peer whose links it believes alive. */
  readonly liveNumbers: readonly number[];
  /** Whom it believes to have dialed, or undefined when it did not dial. */
  readonly expects: NodeId | undefined;
}

/** What an end can do; used only if both can. */
export const helloFeatures = {
  /** My carrier protects bytes from damage: checksums may be left out. */
  isProtected: 1,
  /** My platform has a CRC-32 of its own: frames may lie in blocks. */
  hasCrc32: 2,
} as const;

/** Why a handshake ends without a session. The order is the wire format: append only. */
export const refusalReasons = [
  'malformed', // Not a HELLO, or not the frame that comes next.
  'version', // No frame version in common.
  'cluster', // Another cluster.
  'identity', // Not the node that was dialed, or it claims to be the local one.
  'proof', // It could not prove its id.
  'stale', // A newer incarnation of it was seen.
  'duplicate', // The pair has a session, or the arbiter chose another link.
  'busy', // Too many peers or unfinished handshakes.
  'closing', // The local transport closes.
  'timeout', // The handshake took too long.
] as const;

/** Why a handshake ended without a session. */
export type RefusalReason = (typeof refusalReasons)[number];

/** Bytes of HELLO or any other frame of the handshake, at most. */
export const handshakeFrameBytesMax = 4_096;

/** Numbers of live links that one HELLO lists, at most. */
export const liveNumbersMax = 8;

const magic = 0x51_52_54_45; // 'QRTE'
const nonceBytes = 16;
const clusterIdBytesMax = 64;

/** The bytes of `hello`, canonical. */
export function encodeHello(hello: Hello): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(magic);
  writer.u8(hello.versionMin);
  writer.u8(hello.versionMax);
  writer.string(hello.clusterId);
  writer.string(hello.nodeId);
  writer.u64(hello.incarnation);
  writer.bytes(hello.nonce);
  writer.u32(hello.payloadBytesMax);
  writer.u32(hello.features);
  writer.varint(hello.number);
  writer.varint(hello.liveNumbers.length);
  for (const number of hello.liveNumbers) writer.varint(number);
  writer.string(hello.expects ?? '');
  return writer.finish();
}

/**
 * The HELLO in `bytes`. Bytes behind its end are of a later version, and skipped.
 *
 * @throws DecodeError if `bytes` hold none.
 */
export function decodeHello(bytes: Uint8Array): Hello {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== magic) throw new DecodeError('hello: expected its magic, got other bytes');
  return {
    versionMin: reader.u8(),
    versionMax: reader.u8(),
    clusterId: reader.string(clusterIdBytesMax),
    nodeId: readNodeId(reader),
    incarnation: reader.u64(),
    nonce: reader.bytes(nonceBytes).slice(),
    payloadBytesMax: reader.u32(),
    features: reader.u32(),
    number: reader.varint(),
    liveNumbers: readNumbers(reader),
    expects: readExpected(reader),
  };
}

function readNodeId(reader: ByteReader): NodeId {
  const text = reader.string(64);
  if (text === '') throw new DecodeError('hello: expected a node id, got an empty text');
  return nodeId(text);
}

function readNumbers(reader: ByteReader): readonly number[] {
  const count = reader.count();
  if (count > liveNumbersMax) {
    throw new DecodeError(
      `hello: expected at most ${String(liveNumbersMax)} live links, got ${String(count)}`,
    );
  }
  return Array.from({ length: count }, () => reader.varint());
}

function readExpected(reader: ByteReader): NodeId | undefined {
  const text = reader.string(64);
  return text === '' ? undefined : nodeId(text);
}

/** What the local end compares a HELLO with. */
export interface HelloExpectation {
  readonly localId: NodeId;
  readonly clusterId: string;
  /** Whom the local end dialed, or undefined if it was dialed. */
  readonly dialed: NodeId | undefined;
}

/** Why `hello` cannot become a session here; undefined if it can, proof and arbiter permitting. */
export function judgeHello(hello: Hello, local: HelloExpectation): RefusalReason | undefined {
  if (hello.versionMin > frameVersion || hello.versionMax < frameVersion) return 'version';
  if (hello.clusterId !== local.clusterId) return 'cluster';
  if (hello.nodeId === local.localId) return 'identity';
  if (local.dialed !== undefined && hello.nodeId !== local.dialed) return 'identity';
  if (hello.expects !== undefined && hello.expects !== local.localId) return 'identity';
  return undefined;
}

/**
 * What a proof is made over: both HELLOs as they were sent and what binds them to the carrier.
 *
 * @param prover - The bytes of the HELLO of the end that proves.
 * @param verifier - The bytes of the HELLO of the end that checks.
 */
export function proofTranscript(
  prover: Uint8Array,
  verifier: Uint8Array,
  binding: Uint8Array | undefined,
): Uint8Array {
  const writer = new ByteWriter(1_024);
  writer.string('quorate transport proof 1');
  writer.lengthPrefixed(prover);
  writer.lengthPrefixed(verifier);
  writer.lengthPrefixed(binding ?? new Uint8Array(0));
  return writer.finish();
}

/**
 * A number that rises with every restart unless the wall clock steps back: milliseconds since 1970
 * times 2048, plus a random number below 2048.
 *
 * @returns A safe integer until the year 2109.
 */
export function incarnationAt(wallTimeMs: number, randomBelow2048: number): number {
  return Math.floor(wallTimeMs) * 2_048 + randomBelow2048;
}
