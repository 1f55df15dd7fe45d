import type { NodeId } from '@quorate/transport';
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { type Configuration, isJoint, membersOf } from '../configuration.ts';
import { readFlag, readNodeId, writeFlag } from './primitives.ts';

/**
 * A configuration as bytes: the payload of an entry of kind 'configuration', and a part of
 * snapshots and of what a node remembers of itself.
 *
 * ```text
 *   voters │ outgoing voters │ learners │ next learners │ autoLeave     lists: count, then ids
 * ```
 */

/** More members than this are nobody's cluster. */
export const memberCountMax = 1_000;

/** Turns configurations into bytes and back. Canonical: lists are sorted, without duplicates. */
export const configurationCodec: Codec<Configuration> = {
  encode(configuration) {
    const writer = new ByteWriter();
    writeConfiguration(writer, configuration);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const configuration = readConfiguration(reader);
    reader.expectEnd();
    return configuration;
  },
};

/** Appends `configuration` to what `writer` holds. */
export function writeConfiguration(writer: ByteWriter, configuration: Configuration): void {
  writeMembers(writer, configuration.voters);
  writeMembers(writer, configuration.outgoingVoters);
  writeMembers(writer, configuration.learners);
  writeMembers(writer, configuration.nextLearners);
  writeFlag(writer, configuration.autoLeave);
}

/** Reads what `writeConfiguration` wrote. @throws DecodeError if no such thing can exist. */
export function readConfiguration(reader: ByteReader): Configuration {
  const configuration: Configuration = {
    voters: readMembers(reader, 'voters'),
    outgoingVoters: readMembers(reader, 'outgoing voters'),
    learners: readMembers(reader, 'learners'),
    nextLearners: readMembers(reader, 'next learners'),
    autoLeave: readFlag(reader),
  };
  checkRoles(configuration);
  return configuration;
}

function checkRoles(configuration: Configuration): void {
  const { voters, outgoingVoters, learners, nextLearners, autoLeave } = configuration;
  const memberCount = membersOf(configuration).length;
  if (memberCount > memberCountMax) {
    throw new DecodeError(`members: expected at most ${memberCountMax}, got ${memberCount}`);
  }
  if (voters.length === 0 && memberCount > 0) {
    throw new DecodeError('voters: expected at least one among the members, got none');
  }
  if (!isJoint(configuration) && (nextLearners.length > 0 || autoLeave)) {
    throw new DecodeError('outgoing voters: expected some in a joint configuration, got none');
  }
  for (const learner of learners) {
    if (!voters.includes(learner) && !outgoingVoters.includes(learner)) continue;
    throw new DecodeError(`learners: expected nobody who votes, got ${learner}`);
  }
  for (const learner of nextLearners) {
    if (outgoingVoters.includes(learner) && !voters.includes(learner)) continue;
    throw new DecodeError(`next learners: expected outgoing voters, got ${learner}`);
  }
}

function writeMembers(writer: ByteWriter, members: readonly NodeId[]): void {
  writer.varint(members.length);
  for (const member of members) writer.string(member);
}

function readMembers(reader: ByteReader, name: string): readonly NodeId[] {
  const count = reader.count(2);
  if (count > memberCountMax) {
    throw new DecodeError(`${name}: expected at most ${memberCountMax}, got more`);
  }
  const members: NodeId[] = [];
  for (let place = 0; place < count; place += 1) {
    const member = readNodeId(reader);
    const before = members.at(-1);
    if (before !== undefined && before >= member) {
      throw new DecodeError(`${name}: expected sorted ids without duplicates, got others`);
    }
    members.push(member);
  }
  return members;
}
