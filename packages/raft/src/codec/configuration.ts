import type { NodeId } from '@quorate/transport';
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { type Configuration, isJoint, membersOf, protocolVersionOf } from '../configuration.ts';
import { protocolVersions } from '../protocol-version.ts';
import { readNodeId } from './primitives.ts';

/**
 * A configuration as bytes: the payload of an entry of kind 'configuration', and a part of
 * snapshots and of what a node remembers of itself.
 *
 * ```text
 *   voters │ outgoing voters │ learners │ next learners │ flags │ protocol version
 *
 *   lists    count, then ids
 *   flags    one byte: 1 leaves a joint configuration by itself, 2 has a protocol version
 * ```
 *
 * Only a version above 1 is written, so that version 1 can read all that was written before the
 * cluster's version was raised.
 */

const AUTO_LEAVE = 1;
const HAS_VERSION = 2;

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
  const version = protocolVersionOf(configuration);
  writer.u8((configuration.autoLeave ? AUTO_LEAVE : 0) + (version > 1 ? HAS_VERSION : 0));
  if (version > 1) writer.varint(version);
}

/** Reads what `writeConfiguration` wrote. @throws DecodeError if no such thing can exist. */
export function readConfiguration(reader: ByteReader): Configuration {
  const configuration: Configuration = {
    voters: readMembers(reader, 'voters'),
    outgoingVoters: readMembers(reader, 'outgoing voters'),
    learners: readMembers(reader, 'learners'),
    nextLearners: readMembers(reader, 'next learners'),
    ...readFlags(reader),
  };
  checkRoles(configuration);
  return configuration;
}

function readFlags(reader: ByteReader): Pick<Configuration, 'autoLeave' | 'protocolVersion'> {
  const flags = reader.u8();
  if (flags > AUTO_LEAVE + HAS_VERSION) throw new DecodeError(`flags: expected 0..3, got ${flags}`);
  const autoLeave = flags % 2 === AUTO_LEAVE;
  if (flags < HAS_VERSION) return { autoLeave };
  const protocolVersion = reader.varint();
  const { max } = protocolVersions;
  if (protocolVersion >= 2 && protocolVersion <= max) return { autoLeave, protocolVersion };
  // What comes after it in the log need not be understood here.
  throw new DecodeError(`protocol version: expected 2..${max}, got ${protocolVersion}`);
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
