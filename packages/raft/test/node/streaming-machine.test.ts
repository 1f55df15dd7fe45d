import { SnapshotStore } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { expect, test } from 'vitest';

import { emptyConfiguration } from '../../src/configuration.ts';
import type { Entry, LogPosition } from '../../src/messages.ts';
import { Applier } from '../../src/node/applier.ts';
import { restoreMachine } from '../../src/node/restore-machine.ts';
import type { DurableStateMachine } from '../../src/node/streaming-machine.ts';
import { RaftNode } from '../../src/raft-node.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Keeps its state over restarts, as if on a disk. */
class Durable implements DurableStateMachine {
  lastApplied = 0;
  readonly applied: number[] = [];
  restoredCount = 0;

  apply(_command: Uint8Array, logIndex: number): Uint8Array {
    this.applied.push(logIndex);
    this.lastApplied = logIndex;
    return Uint8Array.of(1);
  }

  async *snapshotStream(lastApplied = this.lastApplied): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Uint8Array.of(lastApplied));
  }

  async restoreStream(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    this.restoredCount += 1;
    for await (const piece of pieces) this.lastApplied = piece[0] ?? 0;
  }
}

function entries(first: number, last: number): Entry[] {
  return Array.from({ length: last - first + 1 }, (_, place) => {
    const logIndex = first + place;
    return { logIndex, term: 1, kind: 'command', payload: Uint8Array.of(0) } as const;
  });
}

async function storeWith(lastIncludedIndex: number): Promise<SnapshotStore> {
  const store = await SnapshotStore.open({ disk: new MemoryDisk(), directory: 's' });
  const header = { lastIncludedIndex, lastIncludedTerm: 1, metadata: new Uint8Array(0) };
  await store.save(header, Uint8Array.of(lastIncludedIndex));
  return store;
}

function applierOf(machine: Durable, store: SnapshotStore): { applier: Applier; said: string[] } {
  const said: string[] = [];
  const say = (what: string) => (position: LogPosition) =>
    void said.push(`${what} ${position.logIndex}`);
  const applier = new Applier(
    new ManualClock(),
    machine,
    { logIndex: 0, term: 0 },
    {
      openSnapshot: ({ logIndex, term }) => store.openAt(logIndex, term),
      onApplied: () => undefined,
      onRestored: say('restored'),
      onProgress: say('progress'),
      onFailed: (error) => void said.push(String(error)),
    },
  );
  return { applier, said };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}

const metadata = {
  lastIncludedTerm: 1,
  configuration: emptyConfiguration,
  configurationIndex: 0,
};

// Mutation: leave out `isNews` in `#applyNow`; commands 1..5 are then applied twice.
test('what a durable machine has applied is not given to it again', async () => {
  const machine = new Durable();
  machine.lastApplied = 5;
  const { applier, said } = applierOf(machine, await storeWith(1));
  applier.apply(entries(1, 8));
  expect(machine.applied).toEqual([6, 7, 8]);
  expect(said).toEqual(['progress 8']);
});

test('a stored snapshot is restored piece by piece, and entries after it wait', async () => {
  const machine = new Durable();
  const { applier, said } = applierOf(machine, await storeWith(50));
  applier.restore({ lastIncludedIndex: 50, ...metadata });
  applier.apply(entries(51, 52));
  expect(machine.applied).toEqual([]);
  await turns();
  expect(machine.applied).toEqual([51, 52]);
  expect(said).toEqual(['restored 50', 'progress 50', 'progress 52']);
});

test('a snapshot does not set a machine back that is beyond it', async () => {
  const machine = new Durable();
  machine.lastApplied = 60;
  const { applier } = applierOf(machine, await storeWith(50));
  applier.restore({ lastIncludedIndex: 50, ...metadata });
  await turns();
  expect([machine.restoredCount, applier.last.logIndex]).toEqual([0, 50]);
});

test('entries never follow a snapshot that is no longer there', async () => {
  const machine = new Durable();
  const { applier, said } = applierOf(machine, await storeWith(90));
  applier.restore({ lastIncludedIndex: 50, ...metadata });
  applier.apply(entries(51, 52));
  await turns();
  expect(machine.applied).toEqual([]);
  expect(said.join()).toContain('a snapshot that is passed over has a successor');
});

test('a small machine gets the pieces as one', async () => {
  const restored: Uint8Array[] = [];
  const machine = {
    apply: () => new Uint8Array(0),
    snapshot: () => new Uint8Array(0),
    restore: (snapshot: Uint8Array) => void restored.push(snapshot),
  };
  const stream = await (await storeWith(7)).openLatest();
  await restoreMachine(machine, stream!);
  expect(restored).toEqual([Uint8Array.of(7)]);
});

test('a machine that is ahead of the log belongs to another', async () => {
  const stateMachine = new Durable();
  stateMachine.lastApplied = 3;
  const n1 = nodeId('n1');
  const opening = RaftNode.open({
    transport: new MemoryNetwork().join(n1),
    disk: new MemoryDisk(),
    directory: 'raft',
    voters: [n1],
    stateMachine,
  });
  await expect(opening).rejects.toMatchObject({ code: 'RAFT_FOREIGN_STATE' });
});
