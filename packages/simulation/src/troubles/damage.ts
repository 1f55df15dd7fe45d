import { killOf, strikingOne } from './faulty-nodes.ts';
import { type Arrival, type Drawing, shuffled, type Trouble } from './trouble.ts';

/**
 * Trouble that makes stored bytes wrong or unreadable, which checksums show if they cover the place
 * of what they are for. It strikes only the nodes of one minority, chosen once: the others keep
 * good copies.
 *
 * - `bitRot`: bits flip at rest, for good.
 * - `failRead`: the process is killed, and its next start finds that reads fail. `misdirectRead`:
 *   that reads bring something from elsewhere.
 */
export type DamageTrouble = 'bitRot' | 'failRead' | 'misdirectRead';

/** How each is drawn. */
export const damageTroubles: Readonly<Record<DamageTrouble, Trouble>> = {
  bitRot: ({ random, fromMs }: Arrival, { damageable, rotPathPrefix }: Drawing) => {
    const [node] = shuffled(damageable, random);
    if (node === undefined) return [];
    const bitCount = 1 + random.int(8);
    return [{ atMs: fromMs, kind: 'bitRot', node, pathPrefix: rotPathPrefix, bitCount }];
  },

  failRead: badStart('failReads'),
  misdirectRead: badStart('misdirectReads'),
};

/** A node starts with a disk on which some reads go wrong, and later with one that is well. */
function badStart(kind: 'failReads' | 'misdirectReads'): Trouble {
  return strikingOne(
    ({ damageable }) => damageable,
    (arrival, node) => {
      const { fromMs, toMs, random } = arrival;
      const midMs = Math.round((fromMs + toMs) / 2);
      const count = 1 + random.int(3);
      return [
        { atMs: fromMs, ...killOf(arrival, node) },
        { atMs: midMs, kind, node, count },
        { atMs: midMs, kind: 'restart', node },
        { atMs: toMs, kind, node, count: 0 },
        { atMs: toMs, kind: 'restart', node },
      ];
    },
  );
}
