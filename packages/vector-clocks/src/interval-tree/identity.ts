/*
 * Who may count where: the identity half of an interval tree stamp.
 *
 * A vector clock gives every replica a name and a counter, for ever: of replicas that come and go,
 * names pile up, and somebody must see to it that no two are the same. Here a replica owns no name
 * but a piece of the interval from 0 to 1, and there alone it counts. Whoever is new gets half of
 * somebody's piece, so nobody has to be asked; whoever leaves gives its piece back.
 *
 *     1               the seed owns everything
 *     (1, 0)          the left half           |#######        |
 *     ((0, 1), 1)     all but a quarter       |    ###########|
 *
 * A piece is a binary tree: 0 owns nothing of its interval, 1 all of it, a node says what of either
 * half. (0, 0) and (1, 1) say no more than 0 and 1, and are written so: every piece has one tree.
 *
 * Source: Almeida, Baquero and Fonte, "Interval Tree Clocks: A Logical Clock for Dynamic Systems",
 * OPODIS 2008. The bound on depth is an addition.
 */

/** What of an interval a stamp owns: nothing, all, or something of its halves. */
export type Identity = 0 | 1 | IdentityNode;

/** What of the halves of an interval is owned. Never two of 0, nor two of 1. */
export interface IdentityNode {
  readonly left: Identity;
  readonly right: Identity;
}

/**
 * How deep a tree may be: how often one piece can be halved. What walks trees is recursive, and
 * must not run out of stack on the tree of somebody else.
 */
export const TREE_DEPTH_MAX = 1_024;

/** The tree of two halves, in normal form. */
export function identityOf(left: Identity, right: Identity): Identity {
  if (left === 0 && right === 0) return 0;
  if (left === 1 && right === 1) return 1;
  return { left, right };
}

/**
 * Divides what is owned in two, of which each has something if `identity` has.
 *
 * @throws RangeError if the tree would be deeper than 1 024.
 */
export function splitIdentity(
  identity: Identity,
  depth = 0,
): readonly [left: Identity, right: Identity] {
  if (identity === 0) return [0, 0];
  if (identity === 1) {
    if (depth === TREE_DEPTH_MAX) {
      throw new RangeError(
        `fork: expected a piece halved at most ${depth} times, got one more; ` +
          'join stamps that are done, or fork others',
      );
    }
    return [
      { left: 1, right: 0 },
      { left: 0, right: 1 },
    ];
  }
  const { left, right } = identity;
  if (left === 0) {
    const [first, second] = splitIdentity(right, depth + 1);
    return [identityOf(0, first), identityOf(0, second)];
  }
  if (right === 0) {
    const [first, second] = splitIdentity(left, depth + 1);
    return [identityOf(first, 0), identityOf(second, 0)];
  }
  return [identityOf(left, 0), identityOf(0, right)];
}

/** Whether something is owned by both. */
export function overlap(left: Identity, right: Identity): boolean {
  if (left === 0 || right === 0) return false;
  if (left === 1 || right === 1) return true;
  return overlap(left.left, right.left) || overlap(left.right, right.right);
}

/**
 * What the two own together.
 *
 * @throws RangeError if something is owned by both: then two stamps count as one, and neither can
 *   be believed.
 */
export function sumIdentities(left: Identity, right: Identity): Identity {
  if (left === 0) return right;
  if (right === 0) return left;
  if (left === 1 || right === 1) {
    throw new RangeError('join: expected pieces apart from each other, got some of both stamps');
  }
  return identityOf(sumIdentities(left.left, right.left), sumIdentities(left.right, right.right));
}

/** `identity` as the paper writes it: `(1, (0, 1))`. */
export function identityText(identity: Identity): string {
  if (identity === 0 || identity === 1) return String(identity);
  return `(${identityText(identity.left)}, ${identityText(identity.right)})`;
}
