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
