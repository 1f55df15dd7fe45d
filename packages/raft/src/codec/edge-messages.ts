import type { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { RaftMessage } from '../messages.ts';
import {
  type Introduce,
  type IntroduceReply,
  readIntroduce,
  readIntroduceReply,
  writeIntroduce,
  writeIntroduceReply,
} from './identity.ts';
import { type Quiesce, readQuiesce, writeQuiesce } from './quiesce.ts';
import { readStateHash, type StateHash, writeStateHash } from './state-hash.ts';

/** What nodes say to each other about themselves. No core ever sees it. */
export type EdgeMessage = Introduce | IntroduceReply | Quiesce | StateHash;

/** Everything that travels under the protocol name 'raft'. */
export type NodeMessage = RaftMessage | EdgeMessage;

const edgeKinds: ReadonlySet<string> = new Set<EdgeMessage['kind']>([
  'introduce',
  'introduceReply',
  'quiesce',
  'stateHash',
]);

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
  switch (message.kind) {
    case 'introduce':
      writeIntroduce(writer, message);
      return;
    case 'introduceReply':
      writeIntroduceReply(writer, message);
      return;
    case 'quiesce':
      writeQuiesce(writer, message);
      return;
    case 'stateHash':
      writeStateHash(writer, message);
      return;
  }
}

/** @throws DecodeError if the bytes after the tag are none of `kind`. */
export function readEdgeMessage(reader: ByteReader, kind: EdgeMessage['kind']): EdgeMessage {
  switch (kind) {
    case 'introduce':
      return readIntroduce(reader);
    case 'introduceReply':
      return readIntroduceReply(reader);
    case 'quiesce':
      return readQuiesce(reader);
    case 'stateHash':
      return readStateHash(reader);
  }
}
