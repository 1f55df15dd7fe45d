import type { ProposalOutcome, ProposalRejection, ReadRefusal } from '@quorate/raft';
import { type NodeId, nodeId } from '@quorate/transport';
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { choose, type ConfigResult, resultCodec } from './config-command.ts';
import { limits } from './config-limits.ts';
import type { ConfigValue } from './config-store.ts';

/** Why nothing was done: Raft's own reasons, and that no leader could be found. */
export type RefusalCause = ProposalRejection | ReadRefusal | 'noLeader';

/** The operation certainly did not and will not happen. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalCause;
  /** Who leads, as far as the answering node knows. */
  readonly leaderId: NodeId | undefined;
}

/** What became of a write. */
export type WriteAnswer =
  /** Committed and applied. */
  | { readonly kind: 'applied'; readonly result: ConfigResult; readonly servedBy: NodeId }
  | Refusal
  /** It may have happened, or may still happen. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What became of a read. */
export type ReadAnswer =
  /** The value as `servedBy` holds it, or that the key does not exist. */
  | {
      readonly kind: 'value';
      readonly value: ConfigValue | undefined;
      readonly servedBy: NodeId;
    }
  | Refusal;

/** What one node answers another that handed a request on. */
export type Answer = WriteAnswer | ReadAnswer;

/** What a proposal's outcome means for the client that asked `servedBy`. */
export function answerOf(outcome: ProposalOutcome, servedBy: NodeId): WriteAnswer {
  switch (outcome.kind) {
    case 'committed':
      return { kind: 'applied', result: resultCodec.decode(outcome.result), servedBy };
    case 'rejected':
      return { kind: 'refused', reason: outcome.reason, leaderId: outcome.leaderId };
    case 'unknown':
      return { kind: 'unknown', reason: outcome.reason };
  }
}

const version = 1;
const answerKinds = ['applied', 'refused', 'unknown', 'value'] as const;
const refusalCauses = [
  'noLeader',
  'notLeader',
  'tooManyUncommitted',
  'tooManyReads',
  'leadershipLost',
  'recovering',
  'overwritten',
  'diskFull',
  'aborted',
  'stopped',
  'timeout',
  'transferring',
  'leaderUnreachable',
] as const satisfies readonly RefusalCause[];

/** Answers as bytes: version, kind and what that kind carries. */
export const answerCodec: Codec<Answer> = {
  encode(answer) {
    const writer = new ByteWriter();
    writer.u8(version);
    writer.u8(answerKinds.indexOf(answer.kind));
    switch (answer.kind) {
      case 'applied':
        writer.string(answer.servedBy);
        writer.lengthPrefixed(resultCodec.encode(answer.result));
        break;
      case 'refused':
        writer.u8(refusalCauses.indexOf(answer.reason));
        writer.string(answer.leaderId ?? '');
        break;
      case 'unknown':
        writer.string(answer.reason);
        break;
      case 'value':
        writer.string(answer.servedBy);
        writer.u8(answer.value ? 1 : 0);
        if (!answer.value) break;
        writer.varint(answer.value.revision);
        writer.string(answer.value.value);
        break;
    }
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const found = reader.u8();
    if (found !== version) throw new DecodeError(`version: expected 1, got ${found}`);
    const answer = decodeAnswer(reader, choose(answerKinds, reader.u8()));
    reader.expectEnd();
    return answer;
  },
};

function decodeAnswer(reader: ByteReader, kind: (typeof answerKinds)[number]): Answer {
  switch (kind) {
    case 'applied': {
      const servedBy = decodeNodeId(reader);
      return { kind, servedBy, result: resultCodec.decode(reader.lengthPrefixed()) };
    }
    case 'refused': {
      const reason = choose(refusalCauses, reader.u8());
      const leader = reader.string(64);
      return { kind, reason, leaderId: leader === '' ? undefined : nodeId(leader) };
    }
    case 'unknown':
      return { kind, reason: reader.string(1_024) };
    case 'value': {
      const servedBy = decodeNodeId(reader);
      if (!choose([false, true], reader.u8())) return { kind, servedBy, value: undefined };
      const revision = reader.varint();
      return { kind, servedBy, value: { revision, value: reader.string(limits.valueBytesMax) } };
    }
  }
}

function decodeNodeId(reader: ByteReader): NodeId {
  const text = reader.string(64);
  if (text === '') throw new DecodeError('node id: expected 1..64 bytes, got 0');
  return nodeId(text);
}
