import { createHash, hash as hashOnce } from 'node:crypto';

import { keyHasher, md5, type HashId } from '@quorate/hash';
import ImurmurHash from 'imurmurhash';
import murmurHash3 from 'murmurhash3js-revisited';
import xxhash from 'xxhash-wasm';

import { microContender, nsPerCall } from '../micro.ts';
import type { BenchCase, Contender, Suite } from '../suite.ts';

/** A power of two: keys are taken in turn, so that no string keeps its hash in a register. */
const KEYS = 1_024;

const { h32, h64, h64Raw } = await xxhash();
const secret = Uint8Array.from({ length: 16 }, (_, index) => index);

/** Flat strings: one that was put together costs its reader as much again the first time. */
function keysOf(length: number): readonly string[] {
  return Array.from({ length: KEYS }, (_, index) =>
    Buffer.from(`${index}:user:`.padEnd(length, 'abcdefgh').slice(0, length)).toString('latin1'),
  );
}

/** Calls `hash` with one key after the other. */
function inTurn<Key>(name: string, keys: readonly Key[], hash: (key: Key) => unknown): Contender {
  let turn = 0;
  return microContender(name, () => {
    turn = (turn + 1) % KEYS;
    const key = keys[turn];
    return key === undefined ? undefined : hash(key);
  });
}

function oursOn(id: HashId, keys: readonly string[]): Contender {
  const hasher = keyHasher(id, id.startsWith('siphash') ? secret : undefined);
  return inTurn(id, keys, (key) => {
    hasher.hashString(key);
    return hasher.low;
  });
}

function peersOn(keys: readonly string[]): readonly Contender[] {
  const encoder = new TextEncoder();
  return [
    inTurn('xxhash-wasm 1.1 h64', keys, h64),
    inTurn('xxhash-wasm 1.1 h32', keys, (key) => h32(key)),
    inTurn('imurmurhash 0.1 (32 bits)', keys, (key) => new ImurmurHash(key).result()),
    inTurn('murmurhash3js-revisited 3.0', keys, (key) =>
      murmurHash3.x86.hash128(encoder.encode(key)),
    ),
  ];
}

function stringsOf(length: number): BenchCase {
  const keys = keysOf(length);
  return {
    name: `string of ${length}`,
    metrics: [nsPerCall],
    ours: oursOn('murmur3-x86-128', keys),
    peers: peersOn(keys),
  };
}

/** The slower functions of ours beside whoever has the same one, or something like it. */
function functionOn(id: HashId): BenchCase {
  const keys = keysOf(16);
  return {
    name: `${id}, string of 16`,
    metrics: [nsPerCall],
    ours: oursOn(id, keys),
    peers: [inTurn('xxhash-wasm 1.1 h64', keys, h64)],
  };
}

const numbers: readonly number[] = Array.from({ length: KEYS }, (_, index) => index * 4_099);

function integers(): BenchCase {
  const hasher = keyHasher();
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  return {
    name: 'integer of 32 bits',
    metrics: [nsPerCall],
    ours: inTurn('murmur3-x86-128', numbers, (key) => {
      hasher.hashUint32(key);
      return hasher.low;
    }),
    peers: [
      inTurn('xxhash-wasm 1.1 h64Raw of its bytes', numbers, (key) => {
        view.setUint32(0, key, true);
        return h64Raw(bytes);
      }),
      inTurn('murmurhash3js-revisited 3.0 of its bytes', numbers, (key) => {
        view.setUint32(0, key, true);
        return murmurHash3.x86.hash128(bytes);
      }),
    ],
  };
}

function digests(length: number): BenchCase {
  const keys = keysOf(length);
  const out = new Uint32Array(4);
  return {
    name: `MD5, string of ${length}`,
    metrics: [nsPerCall],
    ours: inTurn('md5', keys, (key) => md5(key, out)),
    peers: [
      inTurn('createHash of node:crypto', keys, (key) => createHash('md5').update(key).digest()),
      inTurn('hash of node:crypto', keys, (key) => hashOnce('md5', key, 'buffer')),
    ],
  };
}

/** The cost of a key, which placements and filters pay for every call. */
export const suite: Suite = {
  name: 'hash',
  description: 'What does the hash of a key cost, beside what else hashes strings in JavaScript?',
  cases: [
    stringsOf(8),
    stringsOf(16),
    stringsOf(40),
    stringsOf(128),
    integers(),
    functionOn('xxh64'),
    functionOn('murmur3-x64-128'),
    functionOn('siphash-1-3'),
    digests(16),
    digests(40),
  ],
};
