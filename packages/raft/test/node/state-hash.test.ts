import { nodeId } from '@quorate/transport';
import { beforeEach, describe, expect, test } from 'vitest';

import { digestOf, StateHashes } from '../../src/node/state-hash.ts';

const [b, c] = [nodeId('b'), nodeId('c')];
const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];

describe('StateHashes', () => {
  let said: string[];
  let hashes: StateHashes;

  beforeEach(() => {
    said = [];
    hashes = new StateHashes((peer, { logIndex, lastEqualIndex }) =>
      said.push(`${peer} at ${logIndex}, equal at ${lastEqualIndex}`),
    );
  });

  test('says nothing of replicas that are equal', () => {
    hashes.onOwn(10, one);
    hashes.onHeard(b, 10, one);
    hashes.onHeard(b, 20, two);
    hashes.onOwn(20, two);
    expect(said).toEqual([]);
    expect(hashes.divergences.size).toBe(0);
  });

  test('names who differs, from where, and where both were last equal', () => {
    hashes.onOwn(10, one);
    hashes.onHeard(b, 10, one);
    hashes.onHeard(c, 10, one);
    hashes.onOwn(20, one);
    hashes.onHeard(b, 20, two);
    hashes.onHeard(c, 20, one);
    expect(said).toEqual(['b at 20, equal at 10']);
    expect([...hashes.divergences]).toEqual([[b, { logIndex: 20, lastEqualIndex: 10 }]]);
  });

  test('keeps what a faster peer said until this node is there', () => {
    hashes.onHeard(b, 10, one);
    hashes.onHeard(b, 20, two);
    hashes.onOwn(10, one);
    expect(said).toEqual([]);
    hashes.onOwn(20, one);
    expect(said).toEqual(['b at 20, equal at 10']);
  });

  test('never compares digests of different indexes', () => {
    hashes.onOwn(10, one);
    hashes.onHeard(b, 20, two);
    hashes.onOwn(30, one);
    expect(said).toEqual([]);
  });

  test('compares digests of different lengths as different', () => {
    hashes.onOwn(10, Uint8Array.of(1, 2));
    hashes.onHeard(b, 10, one);
    expect(said).toHaveLength(1);
  });

  test('reports a peer once, however long it differs', () => {
    for (const logIndex of [10, 20, 30]) {
      hashes.onOwn(logIndex, one);
      hashes.onHeard(b, logIndex, two);
    }
    expect(said).toEqual(['b at 10, equal at 0']);
  });

  test('forgets a difference when the two are equal again', () => {
    hashes.onOwn(10, one);
    hashes.onHeard(b, 10, two);
    hashes.onOwn(20, one);
    hashes.onHeard(b, 20, one);
    expect(hashes.divergences.size).toBe(0);
    hashes.onOwn(30, one);
    hashes.onHeard(b, 30, two);
    expect(said).toEqual(['b at 10, equal at 0', 'b at 30, equal at 20']);
  });

  test('lets no older news undo newer', () => {
    hashes.onOwn(10, one);
    hashes.onOwn(20, one);
    hashes.onHeard(b, 20, two);
    hashes.onHeard(b, 10, one);
    expect([...hashes.divergences.keys()]).toEqual([b]);
  });

  test('keeps the last eight digests, its own and those of a peer', () => {
    for (let logIndex = 1; logIndex <= 9; logIndex += 1) hashes.onOwn(logIndex, one);
    hashes.onHeard(b, 1, two);
    expect(said).toEqual([]);
    hashes.onHeard(b, 2, two);
    expect(said).toEqual(['b at 2, equal at 0']);
    for (let logIndex = 11; logIndex <= 19; logIndex += 1) hashes.onHeard(c, logIndex, two);
    hashes.onOwn(11, one);
    expect(said).toHaveLength(1);
    hashes.onOwn(12, one);
    expect(said).toEqual(['b at 2, equal at 0', 'c at 12, equal at 0']);
  });

  test('forgets who is no member any more', () => {
    hashes.onOwn(10, one);
    hashes.onHeard(b, 10, two);
    hashes.onHeard(c, 10, two);
    hashes.retain([c]);
    expect([...hashes.divergences.keys()]).toEqual([c]);
  });
});

describe('digestOf', () => {
  const machineOf = (digest: Uint8Array) => ({
    apply: (command: Uint8Array) => command,
    snapshot: () => new Uint8Array(0),
    restore: () => undefined,
    digest: () => digest,
  });

  test('takes a copy of 1 to 64 bytes', () => {
    const own = new Uint8Array(64);
    const taken = digestOf(machineOf(own));
    own.fill(1);
    expect(taken).toEqual(new Uint8Array(64));
    expect(digestOf(machineOf(one))).toEqual(one);
  });

  test.each([0, 65])('refuses %i bytes', (length) => {
    expect(() => digestOf(machineOf(new Uint8Array(length)))).toThrow(
      new RangeError(`digest: expected 1..64 bytes, got ${length}`),
    );
  });

  test('takes nothing from a machine that offers none', () => {
    const { apply, snapshot, restore } = machineOf(one);
    expect(digestOf({ apply, snapshot, restore })).toBeUndefined();
  });
});
