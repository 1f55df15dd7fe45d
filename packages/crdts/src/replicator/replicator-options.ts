import type { Clock, NodeId, ProtocolName, Random, Transport } from '@quorate/transport';
import { protocolName } from '@quorate/transport';

import type { CrdtsError } from '../errors.ts';
import { NAME_SIZE_MAX_BYTES, PART_HEAD_BYTES, UPDATES_HEAD_BYTES } from './codec.ts';

/** What a peer may do with a document: nothing, get it, or get it and change it. */
export type Access = 'none' | 'read' | 'write';

/** Why a document is not exchanged with a peer. */
export interface ReplicationProblem {
  /**
   * 'forked': one of the two used a replica id that the other knows with other content; for as long
   * as the peer lives. 'beforeHistory': what one of the two lacks was trimmed by the other, and it
   * does not get, or take, the whole document. 'diverged': the same, and it has changes that the
   * other one cannot take in, as they were made beside what was trimmed. A replica that has all
   * of both ends this; so does a fresh replica here, to which those changes are made once more.
   */
  readonly kind: 'forked' | 'beforeHistory' | 'diverged';
  readonly document: string;
  readonly peer: NodeId;
  readonly error: CrdtsError;
}

/** How a node takes part. All that replicate together need the same `group`. */
export interface ReplicatorOptions extends Partial<ReplicatorLimits> {
  /** Reaches the others, under the protocol 'crdts/' and the group's name. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** When to speak, and how messages are numbered. */
  readonly random: Random;
  /** Which group, of several over one transport: 1..57 characters of `a-z 0-9 . _ / -`. */
  readonly group?: string;
  /**
   * Peers to speak to from the beginning, besides those that the transport reports. Name all that
   * are known: of one that came up before there was a replicator, the transport reports nothing.
   */
  readonly peers?: Iterable<NodeId>;
  /** What a peer may do with a document. By default all may write. Asked for each message. */
  readonly access?: (peer: NodeId, document: string) => Access;
  /**
   * What to do with what came from one peer towards the others. 'push' (the default): pass it on at
   * once, so that those hear of each other that only meet here. 'compare': say to the others what
   * is here, in 8 bytes and after `compareAfterMs`, because they should have got it from its
   * origin: right where all reach all.
   */
  readonly relay?: 'push' | 'compare';
  /** Called when a document is not exchanged with a peer, once for each life of the peer. */
  readonly onProblem?: (problem: ReplicationProblem) => void;
  /** Receives what functions of the application throw. Default: thrown from a timer. */
  readonly onError?: (error: unknown) => void;
}

/** What bounds a replicator, and how often it speaks. */
export interface ReplicatorLimits {
  /** Documents at the same time, at least 1. Default 10,000. */
  readonly documentsMax: number;
  /** Peers that are remembered, at least 1; those beyond are not listened to. Default 1,000. */
  readonly peersMax: number;
  /**
   * Bytes on the way to one peer, at least 1; more waits until some of it is acknowledged. More:
   * faster over long distances, for more memory there and in queues. Default 1 MiB.
   */
  readonly windowBytes: number;
  /**
   * The largest update, or whole document, that is put together out of pieces, in bytes, at least
   * 1: an event that is larger replicates to nobody. A peer can make this node keep as much; one
   * whole document at a time may take as much besides, and one that is sent. Default 64 MiB.
   */
  readonly messageBytesMax: number;
  /**
   * How long an answer may take before the question is repeated, in ms, more than 0; longer for
   * peers that are far, and twice as long each time. Default 500.
   */
  readonly retryMs: number;
  /** The longest that it ever waits before it tries again, in ms. Default 30,000. */
  readonly retryMsMax: number;
  /**
   * How often peers that agree compare versions, in ms, more than 0: finds what no acknowledgement
   * can, such as a peer that went back to an old backup. Default 10,000.
   */
  readonly compareMs: number;
  /** With `relay: 'compare'`: how long the origin has to tell the others itself, in ms. 200. */
  readonly compareAfterMs: number;
}

const defaults: ReplicatorLimits = {
  documentsMax: 10_000,
  peersMax: 1_000,
  windowBytes: 1_024 * 1_024,
  messageBytesMax: 64 * 1_024 * 1_024,
  retryMs: 500,
  retryMsMax: 30_000,
  compareMs: 10_000,
  compareAfterMs: 200,
};

const counts = ['documentsMax', 'peersMax', 'windowBytes', 'messageBytesMax'] as const;
const delays = ['retryMs', 'retryMsMax', 'compareMs', 'compareAfterMs'] as const;

/** The limits with nothing left open. @throws RangeError if one is out of its range. */
export function limitsOf(options: Partial<ReplicatorLimits>): ReplicatorLimits {
  const limits = { ...defaults };
  for (const name of [...counts, ...delays]) limits[name] = options[name] ?? defaults[name];
  for (const name of counts) {
    if (Number.isSafeInteger(limits[name]) && limits[name] >= 1) continue;
    throw new RangeError(`${name}: expected an integer of at least 1, got ${limits[name]}`);
  }
  for (const name of delays) {
    if (limits[name] > 0 && limits[name] < 2 ** 31) continue;
    throw new RangeError(`${name}: expected more than 0, got ${limits[name]}`);
  }
  return limits;
}

/** The protocol of `group`. @throws RangeError if it is no name. */
export function protocolOf(group = 'default'): ProtocolName {
  if (/^[a-z0-9._/-]{1,57}$/.test(group)) return protocolName(`crdts/${group}`);
  const got = JSON.stringify(group);
  throw new RangeError(`group: expected 1..57 characters of a-z 0-9 . _ / -, got ${got}`);
}

/** How large an update may be to travel in one message, with a name of `nameBytes`. */
export function updateBytesOf({ capabilities }: Transport, nameBytes: number): number {
  return capabilities.maxPayloadBytes - UPDATES_HEAD_BYTES - nameBytes;
}

/** How many bytes a piece of a message has. */
export function partBytesOf({ capabilities }: Transport): number {
  return capabilities.maxPayloadBytes - PART_HEAD_BYTES - NAME_SIZE_MAX_BYTES;
}

/** Where what the application throws goes: to who takes it, or else to the process. */
export function errorSinkOf({ onError, clock }: ReplicatorOptions): (error: unknown) => void {
  if (onError !== undefined) return onError;
  return (error) => {
    clock.setTimer(0, () => {
      throw error;
    });
  };
}
