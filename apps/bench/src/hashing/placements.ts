import {
  anchor,
  jump,
  ketama,
  maglev,
  memento,
  multiProbe,
  type Placement,
  rendezvous,
  ring,
  skeletonRendezvous,
  slots,
  weightedRendezvous,
} from '@quorate/consistent-hashing';

/** Ids in the order of their numbers. */
export const nodeIds = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `node-${String(index).padStart(4, '0')}`);

/** Every way to place keys among nodes, with its own defaults. */
export const placements: Readonly<Record<string, (nodes: readonly string[]) => Placement>> = {
  ring: (nodes) => ring({ nodes }),
  ketama: (nodes) => ketama({ nodes, dialect: 'libketama' }),
  multiProbe: (nodes) => multiProbe({ nodes }),
  slots: (nodes) => slots({ nodes, slotCount: 16_384 }),
  rendezvous: (nodes) => rendezvous({ nodes }),
  weightedRendezvous: (nodes) => weightedRendezvous({ nodes }),
  skeletonRendezvous: (nodes) => skeletonRendezvous({ nodes }),
  jump: (nodes) => jump({ nodes }),
  maglev: (nodes) => maglev({ nodes }),
  anchor: (nodes) => anchor({ nodes, capacity: 2 * nodes.length }),
  memento: (nodes) => memento({ nodes }),
};
