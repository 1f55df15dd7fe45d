import { type NodeId, nodeId } from '@quorate/transport';
import { type ByteReader, ByteWriter, type Codec } from '@quorate/transport/codec';

import type { Configuration, ConfigurationAt } from '../configuration.ts';
import { readConfiguration, writeConfiguration } from '../codec/configuration.ts';
import { readNodeId, readOptional, readVersioned, writeOptional } from '../codec/primitives.ts';
import type { HardState } from '../effects.ts';
import type { LogPosition } from '../messages.ts';
import { readIdentity, writeIdentity } from '../codec/identity.ts';
import type { IdentityRecord, KnownDirectory } from './identity.ts';

/**
 * What a node's log says about the node itself. Whose log it is stands there too: a node started
 * on another's directory could vote twice.
 */
export interface NodeRecord {
  readonly nodeId: NodeId;
  /** The one the cluster started with: in force before the first configuration entry. */
  readonly configuration: Configuration;
  readonly hardState: HardState;
  /** Which directory this is, and which ones are known of others; of nodes that prove it. */
  readonly identity?: IdentityRecord | undefined;
}

const VERSION = 1;
/** Of a record with an identity. */
const IDENTITY_VERSION = 2;
const NODE_ID_BYTES_MAX = 64;

/**
 * The metadata record of the write-ahead log.
 *
 * ```text
 * version 1  | node id | configuration | term varint | vote: 0, or 1 and node id
 *            | promise: 0, or 1 and index varint and term varint
 * version 2  | as version 1, then directory id 8 | boot count varint | count varint, peer…
 *
 * peer       | node id | 0, or 1 and since varint (it knows this directory)
 *            | 0, or 1 and directory id 8, boot count varint, boot id 8, since varint (it is known)
 * ```
 */
export const nodeRecordCodec: Codec<NodeRecord> = {
  encode({ nodeId: ownId, configuration, hardState, identity }) {
    const writer = new ByteWriter();
    const { currentTerm, votedFor, promised } = hardState;
    writer.u8(identity === undefined ? VERSION : IDENTITY_VERSION);
    writer.string(ownId);
    writeConfiguration(writer, configuration);
    writer.varint(currentTerm);
    writeOptional(writer, votedFor, (voter) => writer.string(voter));
    writeOptional(writer, promised, ({ logIndex, term }) => {
      writer.varint(logIndex);
      writer.varint(term);
    });
    if (identity !== undefined) writeIdentityRecord(writer, identity);
    return writer.finish();
  },
  decode(bytes) {
    if (bytes[0] !== IDENTITY_VERSION) return readVersioned(bytes, VERSION, readRecord);
    return readVersioned(bytes, IDENTITY_VERSION, (reader) => ({
      ...readRecord(reader),
      identity: readIdentityRecord(reader),
    }));
  },
};

/** Largest metadata record of a log. */
const RECORD_BYTES_MAX = 4_096;

/** What the peers of a node may take of its record, whatever term and votes there will be. */
export function peersBytesMax(ownId: NodeId, configuration: Configuration): number {
  const largest = Number.MAX_SAFE_INTEGER;
  const bytes = nodeRecordCodec.encode({
    nodeId: ownId,
    configuration,
    hardState: {
      currentTerm: largest,
      votedFor: nodeId('x'.repeat(NODE_ID_BYTES_MAX)),
      promised: { logIndex: largest, term: largest },
    },
    identity: {
      directoryId: '0'.repeat(16),
      bootCount: largest,
      knownBy: new Map(),
      known: new Map(),
    },
  });
  return RECORD_BYTES_MAX - bytes.length;
}

/** The metadata of a stored snapshot: the configuration in force at its index. */
export const snapshotMetadataCodec: Codec<ConfigurationAt> = {
  encode({ logIndex, configuration }) {
    const writer = new ByteWriter();
    writer.u8(VERSION);
    writer.varint(logIndex);
    writeConfiguration(writer, configuration);
    return writer.finish();
  },
  decode: (bytes) =>
    readVersioned(bytes, VERSION, (reader) => ({
      logIndex: reader.varint(),
      configuration: readConfiguration(reader),
    })),
};

function readRecord(reader: ByteReader): NodeRecord {
  const ownId = readNodeId(reader);
  const configuration = readConfiguration(reader);
  const currentTerm = reader.varint();
  const votedFor = readOptional(reader, readNodeId);
  const promised = readOptional(reader, readPosition);
  const hardState = { currentTerm, votedFor, promised };
  return { nodeId: ownId, configuration, hardState };
}

/** What is known of a peer and what it knows stand together: names are the most of it. */
function writeIdentityRecord(writer: ByteWriter, identity: IdentityRecord): void {
  const { known, knownBy } = identity;
  writeIdentity(writer, identity.directoryId);
  writer.varint(identity.bootCount);
  const peers = new Set([...known.keys(), ...knownBy.keys()]);
  writer.varint(peers.size);
  for (const peer of peers) {
    writer.string(peer);
    writeOptional(writer, knownBy.get(peer), (sinceIndex) => writer.varint(sinceIndex));
    writeOptional(writer, known.get(peer), ({ directoryId, bootCount, bootId, sinceIndex }) => {
      writeIdentity(writer, directoryId);
      writer.varint(bootCount);
      writeIdentity(writer, bootId);
      writer.varint(sinceIndex);
    });
  }
}

function readIdentityRecord(reader: ByteReader): IdentityRecord {
  const directoryId = readIdentity(reader);
  const bootCount = reader.varint();
  const known = new Map<NodeId, KnownDirectory>();
  const knownBy = new Map<NodeId, number>();
  // At least a length, a byte of the id and two flags.
  const count = reader.count(4);
  for (let place = 0; place < count; place += 1) {
    const peer = readNodeId(reader);
    const sinceIndex = readOptional(reader, () => reader.varint());
    if (sinceIndex !== undefined) knownBy.set(peer, sinceIndex);
    const directory = readOptional(reader, readKnown);
    if (directory !== undefined) known.set(peer, directory);
  }
  return { directoryId, bootCount, knownBy, known };
}

function readKnown(reader: ByteReader): KnownDirectory {
  const directoryId = readIdentity(reader);
  const bootCount = reader.varint();
  const bootId = readIdentity(reader);
  return { directoryId, bootCount, bootId, sinceIndex: reader.varint() };
}

function readPosition(reader: ByteReader): LogPosition {
  return { logIndex: reader.varint(), term: reader.varint() };
}
