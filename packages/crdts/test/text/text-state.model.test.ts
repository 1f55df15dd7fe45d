import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HistoryDraw, historyOf } from '../support/random-history.ts';
import { TextReplica } from '../support/raw-history.ts';

const edit = fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: -4, max: 5 }));
const draws: fc.Arbitrary<HistoryDraw[]> = fc.array(
  fc.tuple(
    fc.nat({ max: 4 }),
    fc.nat({ max: 1000 }),
    fc.array(edit, { minLength: 1, maxLength: 4, size: 'max' }),
  ),
  { maxLength: 30, size: 'max' },
);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

describe('TextState beside the tree of the Fugue paper', () => {
  it('says the same after each transaction', () => {
    fc.assert(
      fc.property(draws, (drawn) => {
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
      fc.property(draws, (drawn) => {
        const { transactions, tree } = historyOf(drawn);
        const replica = new TextReplica();
        for (const transaction of transactions) replica.append(transaction);
        replica.text.integrate(0, replica.graph.eventCount);
        expect(replica.text.toString()).toBe(tree.textAt());
      }),
      { numRuns },
    );
  });
});
