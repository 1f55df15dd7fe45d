import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { TextState } from '../../src/text/text-state.ts';

/** Edits one after the other of one author: `[position, deleteCount, inserted]`. */
export type Patch = readonly [number, number, string];

/** Edits of one author in the form of the data of the eg-walker paper. */
export interface RawTransaction {
  readonly parents: readonly number[];
  readonly agent: string;
  readonly seqStart: number;
  readonly ops: readonly Patch[];
}

/** A text with its graph and its log, as a document holds them. */
export class TextReplica {
  readonly graph: CausalGraph = new CausalGraph();
  readonly log: OperationLog = new OperationLog(this.graph);
  readonly text: TextState = new TextState(this.graph, this.log);

  /** Appends what a transaction did to graph and log, without integrating it. */
  append(transaction: RawTransaction): void {
    const { graph, log } = this;
    const replica = graph.replicaIndex(transaction.agent);
    let parents = transaction.parents;
    for (const [position, deleteCount, inserted] of transaction.ops) {
      if (deleteCount > 0) {
        graph.append(replica, graph.nextSequence(replica), deleteCount, parents);
        log.appendDelete(ROOT, position, deleteCount);
        parents = [graph.eventCount - 1];
      }
      if (inserted.length > 0) {
        graph.append(replica, graph.nextSequence(replica), inserted.length, parents);
        log.appendInsert(ROOT, position, inserted.length, log.text.append(inserted));
        parents = [graph.eventCount - 1];
      }
    }
  }

  /** Appends and integrates. */
  apply(transaction: RawTransaction): void {
    const from = this.graph.eventCount;
    this.append(transaction);
    this.text.integrate(from, this.graph.eventCount);
  }
}

/**
 * The same transactions in another causal order, with parents that are local versions in it. A
 * transaction's parents may lie within others, which have to come before it whole.
 */
export function reordered(transactions: readonly RawTransaction[], seed: number): RawTransaction[] {
  const starts: number[] = [];
  let count = 0;
  for (const transaction of transactions) {
    starts.push(count);
    count += sizeOf(transaction);
  }
  const ownerOf = (lv: number): number => starts.findLastIndex((start) => start <= lv);
  const moved = new Map<number, number>();
  const left = new Set(transactions.keys());
  const result: RawTransaction[] = [];
  let state = seed;
  let newCount = 0;
  while (left.size > 0) {
    const ready = [...left].filter((at) => isReady(at, left, transactions, ownerOf));
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const chosen = ready[(state >>> 8) % ready.length]!;
    const transaction = transactions[chosen]!;
    const parents = transaction.parents.map((lv) => {
      const owner = ownerOf(lv);
      return moved.get(owner)! + lv - starts[owner]!;
    });
    result.push({ ...transaction, parents });
    moved.set(chosen, newCount);
    newCount += sizeOf(transaction);
    left.delete(chosen);
  }
  return result;
}

function isReady(
  at: number,
  left: ReadonlySet<number>,
  transactions: readonly RawTransaction[],
  ownerOf: (lv: number) => number,
): boolean {
  const { agent, parents } = transactions[at]!;
  for (const other of left) if (other < at && transactions[other]!.agent === agent) return false;
  return parents.every((lv) => !left.has(ownerOf(lv)));
}

function sizeOf({ ops }: RawTransaction): number {
  return ops.reduce((sum, [, deleteCount, text]) => sum + deleteCount + text.length, 0);
}
