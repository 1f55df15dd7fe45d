import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textIn } from '../../src/text/text-history.ts';
import { FugueTree } from '../support/fugue-tree.ts';
import { historyDraws } from '../support/history-draws.ts';
import { historyOf } from '../support/random-history.ts';
import { type Patch, type RawTransaction, reordered, TextReplica } from '../support/raw-history.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);

/** Each event of a transaction, the first of which has local version `lv`, as one of its own. */
function keystrokesOf(transaction: RawTransaction, lv: number): RawTransaction[] {
  const { agent, parents, seqStart, ops } = transaction;
  const patches = ops.flatMap(([position, deleteCount, inserted]): Patch[] => [
    ...Array.from({ length: deleteCount }, (): Patch => [position, 1, '']),
    ...Array.from(inserted, (unit, at): Patch => [position + at, 0, unit]),
  ]);
  return patches.map((patch, at) => ({
    agent,
    parents: at === 0 ? parents : [lv + at - 1],
    seqStart: seqStart + at,
    ops: [patch],
  }));
}

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

  it('says the same if the events come one by one, keystroke after keystroke', () => {
    fc.assert(
      fc.property(historyDraws, fc.nat({ max: 1_000_000 }), (drawn, seed) => {
        const { transactions, tree } = historyOf(drawn);
        const ordered = seed % 2 === 0 ? transactions : reordered(transactions, seed);
        const replica = new TextReplica();
        for (const transaction of ordered) {
          for (const keystroke of keystrokesOf(transaction, replica.graph.eventCount)) {
            replica.apply(keystroke);
          }
          if (seed % 3 === 0) {
            const version = replica.graph.frontier;
            expect(textIn(replica.text, version)).toBe(replica.text.toString());
          }
        }
        expect(replica.text.toString()).toBe(tree.textAt());
      }),
      { numRuns },
    );
  });

  it('says the same if very many type in one place, forwards and backwards', () => {
    const people = fc.array(fc.tuple(fc.nat({ max: 9999 }), fc.nat({ max: 3 })), {
      minLength: 40,
      maxLength: 110,
      size: 'max',
    });
    fc.assert(
      fc.property(people, (drawn) => {
        const tree = new FugueTree();
        const replica = new TextReplica();
        const origin: RawTransaction = {
          agent: 'o',
          parents: [],
          seqStart: 0,
          ops: [[0, 0, '<>']],
        };
        const transactions = drawn.map(([id, habit], at): RawTransaction => {
          const [first, second] = habit % 2 === 0 ? [1, 2] : [1, 1];
          const ops: Patch[] = [[first, 0, 'a']];
          if (habit > 0) ops.push([second, 0, 'b']);
          return { agent: `${id}-${at}`, parents: [1], seqStart: 0, ops };
        });
        for (const transaction of [origin, ...transactions]) {
          tree.apply(transaction);
          replica.apply(transaction);
        }
        expect(replica.text.toString()).toBe(tree.textAt());
        const { graph, text } = replica;
        for (let lv = 2; lv < graph.eventCount; lv += 17) {
          expect(textIn(text, [lv])).toBe(tree.textAt([lv]));
        }
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });
});
