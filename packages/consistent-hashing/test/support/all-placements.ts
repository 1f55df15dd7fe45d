import { anchor } from '../../src/history/anchor.ts';
import { memento } from '../../src/history/memento.ts';
import { jump } from '../../src/jump/jump.ts';
import { ketama } from '../../src/ketama/ketama.ts';
import { maglev } from '../../src/maglev/maglev.ts';
import { goMultiProbe, multiProbe } from '../../src/multi-probe/multi-probe.ts';
import type { NodeSpec } from '../../src/node-set.ts';
import type { Placement } from '../../src/placement.ts';
import { rendezvous, weightedRendezvous } from '../../src/rendezvous/rendezvous.ts';
import { skeletonRendezvous } from '../../src/rendezvous/skeleton.ts';
import { ring } from '../../src/ring/ring.ts';
import { redisSlots, slots } from '../../src/slots/slots.ts';

/** Makes a placement of nodes that may be drained, but have no weights beside that. */
export type MakePlacement = (nodes: readonly (string | NodeSpec)[]) => Placement;

/** Every kind of placement, by a name for tests. What is added here is held to all laws. */
export const allPlacements: readonly (readonly [name: string, make: MakePlacement])[] = [
  ['ring', (nodes) => ring({ nodes })],
  ['ring of XXH64', (nodes) => ring({ nodes, hash: 'xxh64', seed: 7n, pointsPerWeight: 20 })],
  ['libketama', (nodes) => ketama({ nodes, dialect: 'libketama' })],
  ['libmemcached', (nodes) => ketama({ nodes, dialect: 'libmemcached' })],
  ['spymemcached', (nodes) => ketama({ nodes, dialect: 'spymemcached' })],
  ['hash_ring', (nodes) => ketama({ nodes, dialect: 'hash_ring' })],
  ['multi-probe', (nodes) => multiProbe({ nodes })],
  ['go-mpchash', (nodes) => goMultiProbe({ nodes })],
  ['slots', (nodes) => slots({ nodes, slotCount: 1_000 })],
  ['Redis slots', (nodes) => redisSlots({ nodes })],
  ['rendezvous', (nodes) => rendezvous({ nodes })],
  ['weighted rendezvous', (nodes) => weightedRendezvous({ nodes })],
  ['skeleton rendezvous', (nodes) => skeletonRendezvous({ nodes })],
  ['jump', (nodes) => jump({ nodes })],
  ['maglev', (nodes) => maglev({ nodes, tableSize: 1_009 })],
  ['Cilium’s maglev', (nodes) => maglev({ nodes, dialect: 'cilium', tableSize: 1_021 })],
  ['anchor', (nodes) => anchor({ nodes, capacity: 64 })],
  ['memento', (nodes) => memento({ nodes })],
];

/** `count` keys that differ. */
export function someKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key-${index}`);
}

/** `count` ids that differ. */
export function someIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `node-${index}`);
}

/** `items` in an order that `seed` decides. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const result = [...items];
  let state = seed + 1;
  for (let index = result.length - 1; index > 0; index -= 1) {
    state = Math.imul(state, 0x0019660d) + 0x3c6ef35f;
    const other = (state >>> 8) % (index + 1);
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}
