import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { DecodeError } from './codec.ts';
import { nodeId, type NodeId } from './node-id.ts';

/** Bytes before the body of every message. */
export const natsHeaderBytes = 18;

const messageVersion = 1;

/** What a message is for. Numbers of the wire format: never change one. */
export const natsKinds = {
  /** I would like a link with you; the body is my id. */
  open: 0,
  /** Here is one; the body is my id. */
  opened: 1,
  /** Bytes of frames. */
  data: 2,
  /** How many bytes, since the beginning, the receiver may send. */
  credit: 3,
  /** Nothing follows. */
  end: 4,
} as const;

/** What stands before the body of a message. */
export interface NatsHeader {
  /** One of `natsKinds`, or of a later version. */
  readonly kind: number;
  /** The receiver's tag of the link, 0 before it has one. */
  readonly to: number;
  /** The sender's. */
  readonly from: number;
  /** Counts the messages of one way of a link from 0, modulo 2^32. */
  readonly number: number;
}

/**
 * The bytes of one message.
 *
 * ```text
 *   0        1       2              8              14          18
 *   +--------+-------+--------------+--------------+-----------+------ ...
 *   | version| kind  | to: a tag    | from: a tag  | number    | body
 *   +--------+-------+--------------+--------------+-----------+------ ...
 * ```
 *
 * @param header - Tags are integers in 0..2^48-1.
 */
export function encodeNatsMessage(header: NatsHeader, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(natsHeaderBytes + body.length);
  const view = new DataView(message.buffer);
  message[0] = messageVersion;
  message[1] = header.kind;
  writeTag(view, 2, header.to);
  writeTag(view, 8, header.from);
  view.setUint32(14, header.number);
  message.set(body, natsHeaderBytes);
  return message;
}

/** What stands before the body of `message`; undefined if it is none, or of another version. */
export function decodeNatsHeader(message: Uint8Array): NatsHeader | undefined {
  if (message.length < natsHeaderBytes || message[0] !== messageVersion) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, natsHeaderBytes);
  return {
    kind: view.getUint8(1),
    to: readTag(view, 2),
    from: readTag(view, 8),
    number: view.getUint32(14),
  };
}

/** The body of `message`, which has a header. */
export function natsBody(message: Uint8Array): Uint8Array {
  return message.subarray(natsHeaderBytes);
}

/** A body that says who sends it. */
export function encodeNatsSender(id: NodeId): Uint8Array {
  return new TextEncoder().encode(id);
}

/** Who sends `body`; undefined if it does not say so. Not proven: that is for HELLO. */
export function decodeNatsSender(body: Uint8Array): NodeId | undefined {
  try {
    return nodeId(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** A body that grants `bytes`, a safe integer. */
export function encodeNatsCredit(bytes: number): Uint8Array {
  const writer = new ByteWriter(8);
  writer.u64(bytes);
  return writer.finish();
}

/** The bytes that `body` grants; undefined if it grants none. */
export function decodeNatsCredit(body: Uint8Array): number | undefined {
  try {
    const reader = new ByteReader(body);
    const bytes = reader.u64();
    reader.expectEnd();
    return bytes;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function writeTag(view: DataView, at: number, tag: number): void {
  view.setUint16(at, Math.floor(tag / 2 ** 32));
  view.setUint32(at + 2, tag >>> 0);
}

function readTag(view: DataView, at: number): number {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}
