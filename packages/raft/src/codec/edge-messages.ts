import type { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { RaftMessage } from '../messages.ts';
import { readStateHash, type StateHash, writeStateHash } from './state-hash.ts';

/** What nodes say to each other about themselves. No core ever sees it, and it is of no term. */
export type EdgeMessage = StateHash;

/** Everything that travels under the protocol name 'raft'. */
export type NodeMessage = RaftMessage | EdgeMessage;

const edgeKinds: ReadonlySet<string> = new Set<EdgeMessage['kind']>(['stateHash']);

/** Whether `message` is for the node and not for its core. */
export function isEdgeMessage(message: NodeMessage): message is EdgeMessage {
  return edgeKinds.has(message.kind);
}

/** Whether messages of this kind are for the node and not for its core. */
export function isEdgeKind(kind: NodeMessage['kind']): kind is EdgeMessage['kind'] {
  return edgeKinds.has(kind);
}

/** Writes what comes after the tag. */
export function writeEdgeMessage(writer: ByteWriter, message: EdgeMessage): void {
  writeStateHash(writer, message);
}

/** @throws DecodeError if the bytes after the tag are none of `kind`. */
export function readEdgeMessage(reader: ByteReader, _kind: EdgeMessage['kind']): EdgeMessage {
  return readStateHash(reader);
}
