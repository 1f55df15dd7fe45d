import { type NodeId, nodeId } from '@quorate/transport';
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import type { Configuration, ConfigurationAt } from '../configuration.ts';
import { readConfiguration, writeConfiguration } from '../codec/configuration.ts';
import type { HardState } from '../effects.ts';

/**
 * What a node's log says about the node itself. Whose log it is stands there too: a node started
 * on another's directory could vote twice.
 */
export interface NodeRecord {
  readonly nodeId: NodeId;
  /** The one the cluster started with: in force before the first configuration entry. */
  readonly configuration: Configuration;
  readonly hardState: HardState;
}

const VERSION = 1;
const NODE_ID_BYTES_MAX = 64;

/**
 * The metadata record of the write-ahead log.
 *
 * ```text
 * version u8 | node id | configuration | term varint | vote: 0, or 1 and node id
 *            | promise: 0, or 1 and index varint and term varint
 * ```
 */
export const nodeRecordCodec: Codec<NodeRecord> = {
  encode({ nodeId: ownId, configuration, hardState }) {
    const writer = new ByteWriter();
    const { currentTerm, votedFor, promised } = hardState;
    writer.u8(VERSION);
    writer.string(ownId);
    writeConfiguration(writer, configuration);
    writer.varint(currentTerm);
    writer.u8(votedFor === undefined ? 0 : 1);
    if (votedFor !== undefined) writer.string(votedFor);
    writer.u8(promised === undefined ? 0 : 1);
    if (promised !== undefined) {
      writer.varint(promised.logIndex);
      writer.varint(promised.term);
    }
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const ownId = readNodeId(reader);
    const configuration = readConfiguration(reader);
    const currentTerm = reader.varint();
    const votedFor = readFlag(reader) ? readNodeId(reader) : undefined;
    const promised = readFlag(reader)
      ? { logIndex: reader.varint(), term: reader.varint() }
      : undefined;
    reader.expectEnd();
    return { nodeId: ownId, configuration, hardState: { currentTerm, votedFor, promised } };
  },
};

/** The metadata of a stored snapshot: the configuration in force at its index. */
export const snapshotMetadataCodec: Codec<ConfigurationAt> = {
  encode({ logIndex, configuration }) {
    const writer = new ByteWriter();
    writer.u8(VERSION);
    writer.varint(logIndex);
    writeConfiguration(writer, configuration);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const logIndex = reader.varint();
    const configuration = readConfiguration(reader);
    reader.expectEnd();
    return { logIndex, configuration };
  },
};

function expectVersion(reader: ByteReader): void {
  const version = reader.u8();
  if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new DecodeError(`flag: expected 0 or 1, got ${flag}`);
  return flag === 1;
}

function readNodeId(reader: ByteReader): NodeId {
  const text = reader.string(NODE_ID_BYTES_MAX);
  if (text === '') throw new DecodeError('node id: expected 1..64 bytes, got none');
  return nodeId(text);
}
