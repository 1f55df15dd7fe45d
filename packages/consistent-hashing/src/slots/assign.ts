/*
 * Who gets how many slots, and which, so that as few as possible change hands.
 *
 * A node of weight w has a share of Q · w / W slots, which is seldom an integer; it gets that
 * rounded down or up. Which of both is where the moves are. Rounding by the largest remainder,
 * afresh each time, is fair and forgetful: when a node joins, all remainders change, and some old
 * node gains a slot that an old node loses. So the slots that a node has decide first: who has too
 * many keeps the upper number, who has too few takes the lower, and only what is then missing or
 * left over goes by remainders.
 *
 *     share   has   lower..upper   target
 *     341.3   410     341..342      342     gives 68, not 69
 *     341.3     0     341..342      341     takes what there is
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
  readonly lower: number;
  readonly upper: number;
  readonly remainder: number;
  readonly held: number;
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
  const shares = nodes.map(({ weight }, index) =>
    shareOf(index, (weight / total) * slotCount, held[index] ?? 0),
  );
  for (const { index, lower, upper, held: has } of shares) {
    targets[index] = has >= upper ? upper : lower;
  }
  settle(shares, targets, slotCount);
  return targets;
}

function shareOf(index: number, share: number, held: number): Share {
  const lower = Math.floor(share);
  return { index, lower, upper: Math.ceil(share), remainder: share - lower, held };
}

/** Moves targets between lower and upper until they are `slotCount` together. */
function settle(shares: readonly Share[], targets: Int32Array, slotCount: number): void {
  let missing = targets.reduce((left, target) => left - target, slotCount);
  const step = Math.sign(missing);
  for (const { index, lower, upper } of inOrder(shares, targets, step)) {
    if (missing === 0) return;
    const target = (targets[index] ?? 0) + step;
    if (target < lower || target > upper) continue;
    targets[index] = target;
    missing -= step;
  }
  invariant(missing === 0, 'shares that are rounded down or up make all slots');
}

/**
 * Who is to have one more, or one less, first: those for whom it spares a move, then by remainder,
 * then by id.
 */
function inOrder(shares: readonly Share[], targets: Int32Array, step: number): Share[] {
  const spares = ({ index, held }: Share): number =>
    Math.sign(held - (targets[index] ?? 0)) === step ? 0 : 1;
  return [...shares].sort(
    (left, right) =>
      spares(left) - spares(right) ||
      step * (right.remainder - left.remainder) ||
      left.index - right.index,
  );
}
