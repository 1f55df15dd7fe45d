import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Simulation } from '@quorate/simulation';
import type { Disk } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationCodec } from '../../src/codec/configuration.ts';
import { configurationOf } from '../../src/configuration.ts';
import { nodeRecordCodec, snapshotMetadataCodec } from '../../src/node/node-record-codec.ts';
import { RaftNode } from '../../src/raft-node.ts';
import { a, b, c } from '../support/lone-node.ts';
import { recordDirectory, replayDirectory } from '../support/recorded-directory.ts';
import { commandOf, RecordingMachine } from '../support/recording-machine.ts';
import { RaftNode as FirstNode } from './version-1/raft-node.mjs';

const directory = 'raft';
const recordingPath = join(import.meta.dirname, 'version-1', 'directory.txt');

/** What one life of a node leaves. */
interface Remains {
  readonly disk: Disk;
  readonly commandIds: ReadonlySet<number>;
}

/**
 * A node in a world of its own, the same whenever it runs. It takes in the commands from `firstId`
 * to `lastId`, far enough apart for some to be covered by its snapshot.
 */
async function live(
  NodeOfRelease: typeof RaftNode,
  { firstId, lastId, before = '' }: { firstId: number; lastId: number; before?: string },
): Promise<Remains> {
  const simulation = new Simulation({ seed: 1 });
  const n1 = nodeId('n1');
  let remains: Remains | undefined;
  const disk = new MemoryDisk();
  await replayDirectory(before, disk, directory);
  simulation.addNode(n1, async ({ transport, clock, random }) => {
    const stateMachine = new RecordingMachine({
      onApplied: () => undefined,
      onRestored: () => undefined,
    });
    const node = await NodeOfRelease.open({
      ...{ transport, clock, random, disk, directory, stateMachine },
      voters: [n1],
      snapshotEveryEntries: 8,
      trailingEntryCount: 2,
      segmentBytes: 16_384,
    });
    remains = { disk, commandIds: stateMachine.commandIds };
    for (let id = firstId; id <= lastId; id += 1) {
      const command = { id, key: id % 3, kind: 'write' } as const;
      clock.setTimer(2_000 + 100 * id, () => void node.propose(commandOf(command, 8)));
    }
    return { stop: () => node.close() };
  });
  await simulation.run(10_000);
  if (remains === undefined) throw new Error('the node did not start');
  return remains;
}

const idsThrough = (lastId: number): ReadonlySet<number> =>
  new Set(Array.from({ length: lastId }, (_, place) => place + 1));

describe('a directory of version 1', () => {
  // How the recording came about, and that the frozen node is the one that made it.
  test('is what the frozen node writes', async () => {
    const { disk } = await live(FirstNode, { firstId: 1, lastId: 12 });
    const recording = await recordDirectory(disk, directory);
    await expect(recording).toMatchFileSnapshot(recordingPath);
  });

  test('is read and continued by this release', async () => {
    const before = readFileSync(recordingPath, 'utf8');
    const { commandIds } = await live(RaftNode, { firstId: 13, lastId: 20, before });
    expect(commandIds).toEqual(idsThrough(20));
  });

  // As long as nobody raised the version of the cluster.
  test('that this release continued is read by the frozen node', async () => {
    const recorded = readFileSync(recordingPath, 'utf8');
    const { disk } = await live(RaftNode, { firstId: 13, lastId: 25, before: recorded });
    const before = await recordDirectory(disk, directory);
    const { commandIds } = await live(FirstNode, { firstId: 26, lastId: 27, before });
    expect(commandIds).toEqual(idsThrough(27));
  });
});

// What stands in logs and snapshots, byte by byte: it decodes to these values for ever.
describe('what version 1 stored', () => {
  const configuration = { ...configurationOf([a, b]), learners: [c] };
  const joint = {
    ...{ voters: [b], outgoingVoters: [a, b], learners: [], nextLearners: [a] },
    autoLeave: true,
  };
  const hardState = { currentTerm: 300, votedFor: b, promised: { logIndex: 9, term: 4 } };
  const record = { nodeId: a, configuration: configurationOf([a]), hardState };

  test.each([
    [configuration, [2, 1, 97, 1, 98, 0, 1, 1, 99, 0, 0]],
    [joint, [1, 1, 98, 2, 1, 97, 1, 98, 0, 1, 1, 97, 1]],
  ])('a configuration', (value, bytes) => {
    expect(configurationCodec.decode(Uint8Array.from(bytes))).toEqual(value);
    expect(Array.from(configurationCodec.encode(value))).toEqual(bytes);
  });

  test('the record of a node', () => {
    const bytes = [1, 1, 97, 1, 1, 97, 0, 0, 0, 0, 172, 2, 1, 1, 98, 1, 9, 4];
    expect(nodeRecordCodec.decode(Uint8Array.from(bytes))).toEqual(record);
    expect(Array.from(nodeRecordCodec.encode(record))).toEqual(bytes);
  });

  test('the metadata of a snapshot', () => {
    const bytes = [1, 3, 1, 1, 97, 0, 0, 0, 0];
    const value = { logIndex: 3, configuration: configurationOf([a]) };
    expect(snapshotMetadataCodec.decode(Uint8Array.from(bytes))).toEqual(value);
    expect(Array.from(snapshotMetadataCodec.encode(value))).toEqual(bytes);
  });
});

test('a version above 1 stands behind the configuration, and must be known', () => {
  const value = { ...configurationOf([a]), protocolVersion: 2 };
  const bytes = [1, 1, 97, 0, 0, 0, 2, 2];
  expect(Array.from(configurationCodec.encode(value))).toEqual(bytes);
  expect(configurationCodec.decode(Uint8Array.from(bytes))).toEqual(value);
  for (const version of [0, 1, 3]) {
    const other = Uint8Array.from([...bytes.slice(0, -1), version]);
    expect(() => configurationCodec.decode(other)).toThrow(
      `protocol version: expected 2..2, got ${version}`,
    );
  }
});
