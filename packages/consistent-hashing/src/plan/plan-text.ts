import type { Placement } from '../placement.ts';
import type { Move, MovementPlan } from './movement-plan.ts';
import { balance } from './shares.ts';

/** What a text shows besides the sums. */
export interface PlanTextOptions {
  /** Moves of a node at the same time, for the steps; 1 without it. */
  readonly maxParallelPerNode?: number;
  /** Moves that are shown, the largest first; 20 without it. */
  readonly moveCountMax?: number;
}

/**
 * A plan in words and columns, for people: what moves, what each node has then, and in which steps.
 *
 * @throws RangeError if `maxParallelPerNode` is no integer of at least 1.
 */
export function planText(
  before: Placement,
  after: Placement,
  plan: MovementPlan,
  { maxParallelPerNode = 1, moveCountMax = 20 }: PlanTextOptions = {},
): string {
  const [low, high] = plan.movedInterval;
  const isSure = plan.isExact ? 'exact' : `sampled; 95 %: ${percent(low)} to ${percent(high)}`;
  const steps = plan.steps({ maxParallelPerNode });
  const shown = plan.moves.slice(0, moveCountMax);
  const hiddenCount = plan.moves.length - shown.length;
  return [
    `${before.kind} of ${before.nodes.length} nodes, epoch ${before.epoch}` +
      ` -> ${after.kind} of ${after.nodes.length} nodes, epoch ${after.epoch}`,
    '',
    ...columns([
      ['moved', percent(plan.moved), `of all keys (${isSure})`],
      ['ideal', percent(plan.ideal), 'must move, by the weights'],
      ['excess', percent(plan.excess), 'moves without need'],
    ]),
    '',
    ...columns([['from', 'to', 'share'], ...shown.map(moveRow)]),
    ...(hiddenCount > 0 ? [`and ${hiddenCount} smaller moves`] : []),
    '',
    ...columns([
      ['node', 'target', 'before', 'after', 'in', 'out'],
      ...nodeRows(before, after, plan),
    ]),
    '',
    `${steps.length} steps, ${maxParallelPerNode} moves of a node at a time:`,
    ...steps.map((step, place) => `${String(place + 1).padStart(4)}  ${step.map(name).join(', ')}`),
    '',
  ].join('\n');
}

function moveRow(move: Move): string[] {
  return [move.from ?? '(nobody)', move.to ?? '(nobody)', percent(move.share)];
}

function nodeRows(before: Placement, after: Placement, plan: MovementPlan): string[][] {
  const had = new Map(balance(before).nodes.map(({ id, share }) => [id, share]));
  const has = new Map(balance(after).nodes.map((node) => [node.id, node]));
  const ids = [...new Set([...had.keys(), ...has.keys()])].sort();
  return ids.map((id) => {
    const { inShare = 0, outShare = 0 } = plan.perNode.get(id) ?? {};
    const shares = [has.get(id)?.target ?? 0, had.get(id) ?? 0, has.get(id)?.share ?? 0];
    return [id, ...[...shares, inShare, outShare].map(percent)];
  });
}

function name({ from, to }: Move): string {
  return `${from ?? '(nobody)'} > ${to ?? '(nobody)'}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** Rows with columns of one width each; what begins with a digit stands to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return /^\d/u.test(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
