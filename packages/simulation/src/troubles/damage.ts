import { type Arrival, type Drawing, shuffled, type Trouble } from './trouble.ts';

/**
 * Trouble that never ends: what a node stored is no longer there. It strikes only the nodes of one
 * minority, chosen once: the others keep good copies.
 *
 * - `bitRot`: bits flip at rest.
 */
export type DamageTrouble = 'bitRot';

/** How each is drawn. */
export const damageTroubles: Readonly<Record<DamageTrouble, Trouble>> = {
  bitRot: ({ random, fromMs }: Arrival, { damageable, rotPathPrefix }: Drawing) => {
    const [node] = shuffled(damageable, random);
    if (node === undefined) return [];
    const bitCount = 1 + random.int(8);
    return [{ atMs: fromMs, kind: 'bitRot', node, pathPrefix: rotPathPrefix, bitCount }];
  },
};
