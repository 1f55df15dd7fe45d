import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyDraws } from '../support/history-draws.ts';
import { historyOf } from '../support/random-history.ts';
import { reordered, TextReplica } from '../support/raw-history.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

describe('TextState beside the tree of the Fugue paper', () => {
  it('says the same after each transaction', () => {
    fc.assert(
      fc.property(historyDraws, (drawn) => {
        const { transactions, tree } = historyOf(drawn);
        const replica = new TextReplica();
        for (const transaction of transactions) {
          replica.apply(transaction);
          expect(replica.text.toString()).toBe(tree.textAt([...replica.graph.frontier]));
        }
      }),
      { numRuns },
    );
  });

  it('says the same if all events come at once', () => {
    fc.assert(
      fc.property(historyDraws, (drawn) => {
        const { transactions, tree } = historyOf(drawn);
        const replica = new TextReplica();
        for (const transaction of transactions) replica.append(transaction);
        replica.text.integrate(0, replica.graph.eventCount);
        expect(replica.text.toString()).toBe(tree.textAt());
      }),
      { numRuns },
    );
  });

  it('says the same in whatever order the events arrive', () => {
    fc.assert(
      fc.property(historyDraws, fc.nat({ max: 1_000_000 }), (drawn, seed) => {
        const { transactions, tree } = historyOf(drawn);
        const replica = new TextReplica();
        for (const transaction of reordered(transactions, seed)) replica.apply(transaction);
        expect(replica.text.toString()).toBe(tree.textAt());
      }),
      { numRuns },
    );
  });
});
