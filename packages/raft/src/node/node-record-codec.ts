import type { NodeId } from '@quorate/transport';
import { type ByteReader, ByteWriter, type Codec } from '@quorate/transport/codec';

import type { Configuration, ConfigurationAt } from '../configuration.ts';
import { readConfiguration, writeConfiguration } from '../codec/configuration.ts';
import { readNodeId, readOptional, readVersioned, writeOptional } from '../codec/primitives.ts';
import type { HardState } from '../effects.ts';
import type { LogPosition } from '../messages.ts';

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
    writeOptional(writer, votedFor, (voter) => writer.string(voter));
    writeOptional(writer, promised, ({ logIndex, term }) => {
      writer.varint(logIndex);
      writer.varint(term);
    });
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, VERSION, readRecord),
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
  return { nodeId: ownId, configuration, hardState: { currentTerm, votedFor, promised } };
}

function readPosition(reader: ByteReader): LogPosition {
  return { logIndex: reader.varint(), term: reader.varint() };
}
