import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dominatorsOf } from '../../src/graph/version-walk.ts';
import { textIn, authorshipsIn, diffIn } from '../../src/text/text-history.ts';
import { historyDraws } from '../support/history-draws.ts';
import { historyOf } from '../support/random-history.ts';
import { TextReplica } from '../support/raw-history.ts';

const picks = fc.array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 3, size: 'max' });
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60);

describe('the past of a text beside the tree of the Fugue paper', () => {
  it('is what the text said in each version, also between merges', () => {
    fc.assert(
      fc.property(historyDraws, picks, picks, (drawn, left, right) => {
        const { transactions, tree } = historyOf(drawn);
        const replica = new TextReplica();
        const { graph, text } = replica;
        for (const [at, transaction] of transactions.entries()) {
          replica.apply(transaction);
          if (at % 3 !== 0) continue;
          const a = dominatorsOf(
            graph,
            left.map((pick) => pick % graph.eventCount),
          );
          const b = dominatorsOf(
            graph,
            right.map((pick) => pick % graph.eventCount),
          );
          expect(textIn(text, a)).toBe(tree.textAt(a));
          let patched = tree.textAt(a);
          for (const { position, deleteCount, inserted } of diffIn(text, a, b)) {
            patched = patched.slice(0, position) + inserted + patched.slice(position + deleteCount);
          }
          expect(patched).toBe(tree.textAt(b));
          expect(text.toString()).toBe(tree.textAt(graph.frontier));
        }
      }),
      { numRuns },
    );
  });

  it('names the author of every character', () => {
    fc.assert(
      fc.property(historyDraws, (drawn) => {
        const { transactions, tree } = historyOf(drawn);
        const replica = new TextReplica();
        const { graph, text } = replica;
        for (const transaction of transactions) replica.apply(transaction);
        const events: number[] = [];
        let end = 0;
        for (const authorship of authorshipsIn(text)) {
          expect(authorship.start).toBe(end);
          end = authorship.end;
          for (let at = authorship.start; at < end; at += 1) {
            const author = graph.indexOfReplica(authorship.replicaId ?? '');
            events.push(graph.lvOf(author, authorship.sequence + at - authorship.start));
          }
        }
        expect(events).toEqual(tree.idsAt(graph.frontier));
      }),
      { numRuns },
    );
  });
});
