/*
 * What goes wrong elsewhere: with an entry for each client, vectors grow with everybody who ever
 * wrote; with an entry for each server, a write that nobody read is lost, or siblings that were
 * replaced come back, and multiply.
 *
 * Goal: no write is lost, no sibling is false, and the number of siblings is that of writes that
 * did not know of each other.
 * Method: three servers and clients that read, write with a context that may be old, and get it
 * from any server; servers sync in any direction at any time. After every step the values are
 * those of a model that keeps all names. `DvvSet` and plain dotted version vectors walk together.
 */
import { seeds } from '@quorate/simulation';
import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import {
  contextOf,
  type DottedVersionVector,
  nextVersion,
  syncVersions,
} from '../../src/dotted-version-vector.ts';
import { DvvSet } from '../../src/dvv-set.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { SiblingModel, type WriteName } from '../support/sibling-model.ts';

interface Version extends DottedVersionVector {
  readonly name: WriteName;
}

/** One server: the same key three times over. */
interface Server {
  readonly id: string;
  set: DvvSet<WriteName>;
  versions: readonly Version[];
  model: SiblingModel;
}

/** What a client remembers of a read. */
interface Read {
  readonly context: VectorClock;
  readonly dotted: VectorClock;
  readonly heard: ReadonlySet<WriteName>;
}

const ascending = (names: Iterable<WriteName>): WriteName[] =>
  [...names].sort((left, right) => left - right);

function read(server: Server): Read {
  return {
    context: server.set.context(),
    dotted: contextOf(server.versions),
    heard: server.model.heard,
  };
}

function write(server: Server, name: WriteName, { context, dotted, heard }: Read): void {
  const version = { ...nextVersion(server.versions, dotted, server.id), name };
  server.set = server.set.put(server.id, name, context);
  server.versions = syncVersions(server.versions, [version]);
  server.model = server.model.put(name, heard);
}

/** `server` hears of what `other` has. */
function sync(server: Server, other: Server): void {
  server.set = server.set.sync(other.set);
  server.versions = syncVersions(server.versions, other.versions);
  server.model = server.model.sync(other.model);
}

function expectAgreement({ set, versions, model }: Server, seed: number): void {
  const alive = ascending(model.alive);
  expect(ascending(set.values()), `SEED=${seed}`).toEqual(alive);
  expect(ascending(versions.map(({ name }) => name)), `SEED=${seed}`).toEqual(alive);
}

const nothing: Read = { context: VectorClock.empty, dotted: VectorClock.empty, heard: new Set() };

function newServers(): Server[] {
  return ['s', 't', '__proto__'].map((id) => ({
    id,
    set: DvvSet.empty(),
    versions: [],
    model: new SiblingModel(),
  }));
}

function oneOf<Item>(random: Random, items: readonly Item[], otherwise: Item): Item {
  return items[random.int(Math.max(1, items.length))] ?? otherwise;
}

function runClients(seed: number, stepCount: number): Server[] {
  const random = seededRandom(seed);
  const servers = newServers();
  const [first] = servers;
  if (first === undefined) throw new Error('no server');
  const reads: Read[] = [nothing];
  for (let step = 0; step < stepCount; step += 1) {
    const server = oneOf(random, servers, first);
    const kind = random.int(4);
    if (kind === 0) reads.push(read(server));
    else if (kind === 1) sync(server, oneOf(random, servers, first));
    else write(server, step, oneOf(random, reads.slice(-4), nothing));
    expectAgreement(server, seed);
  }
  return servers;
}

describe('siblings', () => {
  test('are those of the model, whatever clients and servers do', () => {
    for (const seed of seeds(process.env['SEED'], 400)) {
      const servers = runClients(seed, 40);
      for (const server of servers) for (const other of servers) sync(server, other);
      for (const server of servers) for (const other of servers) sync(server, other);
      const [first, ...others] = servers;
      for (const other of others) {
        expectAgreement(other, seed);
        expect(other.set.entries).toEqual(first?.set.entries);
      }
    }
  });

  test('vanish when somebody who has read them writes', () => {
    for (const seed of seeds(process.env['SEED'], 50)) {
      const servers = runClients(seed, 40);
      const [first, second] = servers;
      if (first === undefined || second === undefined) throw new Error('no server');
      for (const server of servers) sync(first, server);
      write(first, 1_000, read(first));
      expect(first.set.values()).toEqual([1_000]);
      sync(second, first);
      expect(second.set.values()).toEqual([1_000]);
    }
  });
});

describe('10,000 writes', () => {
  test('of clients that read first leave one value and as many entries as servers', () => {
    const random = seededRandom(8);
    const ids = ['s', 't', 'u'];
    let set = DvvSet.empty<number>();
    for (let name = 0; name < 10_000; name += 1) {
      set = set.put(oneOf(random, ids, 's'), name, set.context());
      expect(set.values()).toEqual([name]);
    }
    expect(set.entries.length).toBe(3);
  });

  test('of two clients that know only their own leave two values', () => {
    // Each goes on from the context of its own last write: with one entry for each server this
    // multiplies siblings, as every write looks as if it were beside all others.
    let set = DvvSet.empty<string>();
    const contexts = [VectorClock.empty, VectorClock.empty];
    for (let name = 0; name < 10_000; name += 1) {
      const client = name % 2;
      const context = contexts[client] ?? VectorClock.empty;
      const before = set;
      set = set.put('s', `${client}:${name}`, context);
      expect(set.values().length).toBeLessThanOrEqual(2);
      expect(set.values().length).toBeLessThanOrEqual(before.values().length + 1);
      // The reply to a write tells of the write and of what was there: of all siblings.
      contexts[client] = set.context();
    }
    expect(set.entries).toHaveLength(1);
  });

  test('of clients that read nothing are all kept, and go with the first that reads', () => {
    let set = DvvSet.empty<number>();
    for (let name = 0; name < 1_000; name += 1) set = set.put('s', name, VectorClock.empty);

    expect(set.values()).toHaveLength(1_000);
    expect(set.put('s', 7, set.context()).values()).toEqual([7]);
  });
});
