/*
 * Who gets how many slots, and which, so that as few as possible change hands.
 *
 * A node of weight w has a share of Q · w / W slots, which is seldom an integer; it gets that
 * rounded down or up. Which of both is where the moves are. Rounding by the largest remainder,
 * afresh each time, is fair and forgetful: when a node joins, all remainders change, and some old
 * node gains a slot that an old node loses. So all shares are rounded down first, and what is left
 * over goes to nodes that have more than that now, who keep one slot more; only then to the largest
 * remainders.
 *
 *     share   has   target
 *     341.3   410      342     gives 68, not 69
 *     341.6     0      341     takes what there is
 *
 * Of equal weights no slot ever moves between two nodes that stay. Of others a few can, where many
 * shares cross an integer at once and every node has to stay within one slot of its share.
 *
 * Source: the fixed partitions of DeCandia et al., "Dynamo", SOSP 2007, §6.2, strategy 3. How many
 * of them change hands is left open there.
 */
import { invariant } from '../invariant.ts';
import { type PlacementNode, totalWeight } from '../node-set.ts';

/** A slot that nobody has. */
export const UNOWNED = -1;

interface Share {
  readonly index: number;
  /** What rounding down takes away. */
  readonly remainder: number;
  /** Whether it has more slots than its share rounded down. */
  readonly isOver: boolean;
}

/**
 * The owners of slots after a change.
 *
 * @param owners - Who has each slot now, as indices into `nodes`; `UNOWNED` if its node is gone.
 * @returns New owners: every node within one slot of its share; all unowned without a positive
 *   weight.
 */
export function assignSlots(nodes: readonly PlacementNode[], owners: Int32Array): Int32Array {
  const held = heldBy(nodes, owners);
  const targets = targetsOf(nodes, held, owners.length);
  const next = owners.slice();
  // The last slots of a node go first: what is left stays in one piece where it was in one.
  for (let slot = next.length - 1; slot >= 0; slot -= 1) {
    const owner = next[slot] ?? UNOWNED;
    if (owner === UNOWNED || (held[owner] ?? 0) <= (targets[owner] ?? 0)) continue;
    held[owner] = (held[owner] ?? 0) - 1;
    next[slot] = UNOWNED;
  }
  fillUnowned(next, held, targets);
  return next;
}

function fillUnowned(owners: Int32Array, held: Int32Array, targets: Int32Array): void {
  let taker = 0;
  for (let slot = 0; slot < owners.length; slot += 1) {
    if (owners[slot] !== UNOWNED) continue;
    while (taker < held.length && (held[taker] ?? 0) >= (targets[taker] ?? 0)) taker += 1;
    if (taker === held.length) return;
    owners[slot] = taker;
    held[taker] = (held[taker] ?? 0) + 1;
  }
}

function heldBy(nodes: readonly PlacementNode[], owners: Int32Array): Int32Array {
  const held = new Int32Array(nodes.length);
  for (const owner of owners) {
    if (owner !== UNOWNED) held[owner] = (held[owner] ?? 0) + 1;
  }
  return held;
}

/** How many slots each node is to have: all of them together, and each its share, rounded. */
function targetsOf(
  nodes: readonly PlacementNode[],
  held: Int32Array,
  slotCount: number,
): Int32Array {
  const targets = new Int32Array(nodes.length);
  const total = totalWeight(nodes);
  if (total === 0) return targets;
  const shares = nodes.map(({ weight }, index) => {
    const share = (weight / total) * slotCount;
    const lower = Math.floor(share);
    targets[index] = lower;
    return { index, remainder: share - lower, isOver: (held[index] ?? 0) > lower };
  });
  let missing = targets.reduce((left, target) => left - target, slotCount);
  for (const { index, remainder } of shares.sort(byClaim)) {
    if (missing === 0 || remainder === 0) continue;
    targets[index] = (targets[index] ?? 0) + 1;
    missing -= 1;
  }
  invariant(missing === 0, 'shares that are rounded down or up make all slots');
  return targets;
}

/** Who has more than its share rounded down keeps one more first: it spares a move. */
function byClaim(left: Share, right: Share): number {
  return (
    Number(right.isOver) - Number(left.isOver) ||
    right.remainder - left.remainder ||
    left.index - right.index
  );
}
