import { FugueTree } from './fugue-tree.ts';
import type { Patch, RawTransaction } from './raw-history.ts';

/** Who acts, which events are known besides the own ones, and edits as draws. */
export type HistoryDraw = readonly [
  who: number,
  known: number,
  edits: readonly (readonly [at: number, size: number])[],
];

const AGENTS = ['a', 'b', 'c', 'd', 'e'];

/** Transactions that make sense, from draws; and the tree that knows what comes of them. */
export function historyOf(draws: readonly HistoryDraw[]): {
  readonly transactions: readonly RawTransaction[];
  readonly tree: FugueTree;
} {
  const tree = new FugueTree();
  const transactions: RawTransaction[] = [];
  const latest = new Map<string, number>();
  const next = new Map<string, number>();
  let eventCount = 0;
  for (const [who, known, edits] of draws) {
    const agent = AGENTS[who % AGENTS.length]!;
    const parents = new Set<number>();
    const own = latest.get(agent);
    if (own !== undefined) parents.add(own);
    if (eventCount > 0 && known % 4 > 0) parents.add((known * 7919) % eventCount);
    if (known % 4 > 1) for (const event of latest.values()) parents.add(event);
    const ops = editsOf(tree.textAt([...parents]).length, edits);
    const size = ops.reduce((sum, [, count, text]) => sum + count + text.length, 0);
    const transaction = { parents: [...parents], agent, seqStart: next.get(agent) ?? 0, ops };
    if (size === 0) continue;
    tree.apply(transaction);
    transactions.push(transaction);
    eventCount += size;
    latest.set(agent, eventCount - 1);
    next.set(agent, transaction.seqStart + size);
  }
  return { transactions, tree };
}

function editsOf(startLength: number, edits: HistoryDraw[2]): Patch[] {
  const ops: Patch[] = [];
  let length = startLength;
  for (const [at, size] of edits) {
    if (size < 0 && length > 0) {
      const position = at % length;
      const count = Math.min(-size, length - position);
      ops.push([position, count, '']);
      length -= count;
    } else if (size > 0) {
      const text = 'abcdefghijklmnopqrstuvwxyz'.slice(at % 26, (at % 26) + size);
      ops.push([at % (length + 1), 0, text]);
      length += text.length;
    }
  }
  return ops;
}
