import { onOneNode, span, type Trouble } from './trouble.ts';

/** Trouble with the disk of one node: `slowDisk` by up to 100 times, `diskFull`. */
export type DiskTrouble = 'slowDisk' | 'diskFull';

/** How each is drawn. */
export const diskTroubles: Readonly<Record<DiskTrouble, Trouble>> = {
  slowDisk: onOneNode((arrival, node) => {
    const factor = 2 + arrival.random.int(99);
    return span(arrival, { kind: 'slowDisk', node, factor }, { kind: 'slowDisk', node, factor: 1 });
  }),

  diskFull: onOneNode((arrival, node) => {
    const full = { kind: 'diskFull', node, isFull: true } as const;
    return span(arrival, full, { ...full, isFull: false });
  }),
};
