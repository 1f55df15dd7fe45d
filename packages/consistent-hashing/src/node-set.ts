import { invariant } from './invariant.ts';

/** A node, as you tell a placement of it. */
export interface NodeSpec<Meta = unknown> {
  /** Who it is, for all time: 1..65,536 characters of well-formed text, of any kind. */
  readonly id: string;
  /**
   * Its share of the keys beside the shares of the others; 1 without it.
   *
   * @remarks
   * 0, or 1e-6..1e9. A node of weight 0 is drained: it owns nothing, and stays known.
   */
  readonly weight?: number;
  /** What fails together with it: a rack, a room, a region. Nodes without one share a zone. */
  readonly zone?: string;
  /** Yours, such as an address. Never looked at, and not in snapshots. */
  readonly meta?: Meta;
}

/** A node as a placement knows it: frozen, its weight filled in. */
export interface PlacementNode<Meta = unknown> extends NodeSpec<Meta> {
  readonly weight: number;
}

/** What changes from one placement to the next. */
export interface PlacementChange<Meta = unknown> {
  /** Nodes that are new. */
  readonly add?: readonly (string | NodeSpec<Meta>)[];
  /** Ids of nodes that go. */
  readonly remove?: readonly string[];
  /** New weights, by the id of a node that was there and stays. Own properties count, no others. */
  readonly weights?: Readonly<Record<string, number>>;
}

const ID_LENGTH_MAX = 65_536;
const WEIGHT_MIN = 1e-6;
const WEIGHT_MAX = 1e9;
const NODE_COUNT_MAX = 1_000_000;

/**
 * Nodes in the order of their ids, whatever order they came in.
 *
 * @throws RangeError for an id or a weight out of range, or an id that comes twice.
 *
 * @remarks
 * Ids are compared by UTF-16 code units, as `<` does: no language or locale takes part.
 */
export function nodeSet<Meta>(
  specs: readonly (string | NodeSpec<Meta>)[],
): readonly PlacementNode<Meta>[] {
  if (specs.length > NODE_COUNT_MAX) {
    throw new RangeError(`nodes: expected at most ${NODE_COUNT_MAX}, got ${specs.length}`);
  }
  const nodes = specs.map((spec) => checkedNode(spec));
  nodes.sort((left, right) => (left.id < right.id ? -1 : 1));
  nodes.forEach(({ id }, index) => {
    if (nodes[index + 1]?.id === id) {
      throw new RangeError(`nodes: expected ids that differ, got ${quoted(id)} twice`);
    }
  });
  return Object.freeze(nodes);
}

/**
 * The nodes after `change`, in the order of their ids.
 *
 * @throws RangeError if it adds who is there, or removes or weighs who is not; nothing is changed.
 */
export function changedNodes<Meta>(
  nodes: readonly PlacementNode<Meta>[],
  change: PlacementChange<Meta>,
): readonly PlacementNode<Meta>[] {
  const left = new Map<string, NodeSpec<Meta>>(nodes.map((node) => [node.id, node]));
  for (const id of change.remove ?? []) {
    if (!left.delete(id)) throw unknownNode('remove', id);
  }
  for (const [id, weight] of Object.entries(change.weights ?? {})) {
    const node = left.get(id);
    if (node === undefined) throw unknownNode('weights', id);
    left.set(id, { ...node, weight });
  }
  for (const spec of change.add ?? []) {
    const { id } = checkedNode(spec);
    if (left.has(id)) throw new RangeError(`add: expected a new id, got ${quoted(id)}`);
    left.set(id, checkedNode(spec));
  }
  return nodeSet([...left.values()]);
}

/** The sum of all weights. Finite and exact enough: nodes and weights are bounded. */
export function totalWeight(nodes: readonly PlacementNode[]): number {
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  invariant(Number.isFinite(total), 'bounded weights have a finite sum');
  return total;
}

/** The largest weight that is a divisor: 1 without any node of a positive weight. */
export function heaviestWeight(nodes: readonly PlacementNode[]): number {
  return nodes.reduce((most, { weight }) => Math.max(most, weight), 0) || 1;
}

function checkedNode<Meta>(spec: string | NodeSpec<Meta>): PlacementNode<Meta> {
  if (typeof spec === 'string') return checkedNode<Meta>({ id: spec });
  const { id, weight = 1, zone, meta } = spec;
  if (typeof id !== 'string' || id.length === 0 || id.length > ID_LENGTH_MAX) {
    throw new RangeError(`id: expected 1..${ID_LENGTH_MAX} characters, got ${quoted(id)}`);
  }
  if (!id.isWellFormed()) {
    throw new RangeError(`id: expected well-formed text, got a lone surrogate in ${quoted(id)}`);
  }
  checkWeight(id, weight);
  checkZone(id, zone);
  return Object.freeze({
    id,
    weight: weight + 0, // -0 is 0.
    ...(zone === undefined ? {} : { zone }),
    ...(meta === undefined ? {} : { meta }),
  });
}

function checkWeight(id: string, weight: number): void {
  if (weight === 0 || (weight >= WEIGHT_MIN && weight <= WEIGHT_MAX)) return;
  throw new RangeError(
    `weight of ${quoted(id)}: expected 0 or ${WEIGHT_MIN}..${WEIGHT_MAX}, got ${String(weight)}`,
  );
}

function checkZone(id: string, zone: string | undefined): void {
  if (zone === undefined) return;
  if (zone.length > 0 && zone.length <= ID_LENGTH_MAX && zone.isWellFormed()) return;
  throw new RangeError(
    `zone of ${quoted(id)}: expected 1..${ID_LENGTH_MAX} characters of well-formed text, ` +
      `got ${quoted(zone)}`,
  );
}

function unknownNode(name: string, id: string): RangeError {
  return new RangeError(`${name}: expected the id of a node, got ${quoted(id)}`);
}

/** What stands in a message: short, and one line whatever the text holds. */
function quoted(text: unknown): string {
  const shown = typeof text === 'string' ? JSON.stringify(text) : typeof text;
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
