import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { cursorIn, positionIn } from '../../src/text/text-cursor.ts';
import { TextState } from '../../src/text/text-state.ts';
import { historyDraws } from '../support/history-draws.ts';
import { historyOf } from '../support/random-history.ts';
import { TextReplica } from '../support/raw-history.ts';

describe('a cursor', () => {
  it('stays with its character while others edit', () => {
    const { graph, text } = new TextReplica();
    const ann = graph.replicaIndex('ann');
    text.insertLocal(ann, 0, 'abcd');
    const after = cursorIn(text, 2, 'after');
    const before = cursorIn(text, 2, 'before');
    expect(after).toEqual({ side: 'after', replicaId: 'ann', sequence: 1 });
    expect(before).toEqual({ side: 'before', replicaId: 'ann', sequence: 2 });
    text.insertLocal(ann, 2, 'X');
    text.insertLocal(ann, 0, '___');
    expect(positionIn(text, after)).toBe(5);
    expect(positionIn(text, before)).toBe(6);
  });

  it('is where its character would be, once that one is deleted', () => {
    const { graph, text } = new TextReplica();
    const ann = graph.replicaIndex('ann');
    text.insertLocal(ann, 0, 'abcdef');
    const cursors = [0, 1, 2, 3, 4, 5, 6].flatMap((at) => [
      cursorIn(text, at, 'after'),
      cursorIn(text, at, 'before'),
    ]);
    text.deleteLocal(ann, 1, 4);
    expect(cursors.map((cursor) => positionIn(text, cursor))).toEqual([
      0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
    ]);
  });

  it('can be at the ends, where it stays at the ends', () => {
    const { graph, text } = new TextReplica();
    const start = cursorIn(text, 0, 'after');
    const end = cursorIn(text, 0, 'before');
    text.insertLocal(graph.replicaIndex('ann'), 0, 'abc');
    expect([positionIn(text, start), positionIn(text, end)]).toEqual([0, 3]);
  });

  it('is refused where no edit can be', () => {
    const { graph, text } = new TextReplica();
    text.insertLocal(graph.replicaIndex('ann'), 0, '😀');
    expect(() => cursorIn(text, 1, 'after')).toThrow(RangeError);
    expect(() => cursorIn(text, 3, 'after')).toThrow(RangeError);
    expect(() => cursorIn(text, Number.NaN, 'before')).toThrow(RangeError);
  });

  it('is nowhere if its character is not here', () => {
    const { graph, log, text } = new TextReplica();
    const ann = graph.replicaIndex('ann');
    text.insertLocal(ann, 0, 'ab');
    text.deleteLocal(ann, 0, 1);
    new TextState(graph, log, 7).insertLocal(ann, 0, 'other');
    const at = (replicaId: string, sequence: number): number =>
      positionIn(text, { side: 'before', replicaId, sequence });
    expect([at('ann', 1), at('ann', 2), at('ann', 3), at('ann', 99)]).toEqual([0, -1, -1, -1]);
    expect([at('bob', 0), at('__proto__', 0), at('', 0), at('ann', -1)]).toEqual([-1, -1, -1, -1]);
  });

  it('stays with trimmed text by its position there', () => {
    const graph = new CausalGraph();
    const text = new TextState(graph, new OperationLog(graph), ROOT, 'hello');
    const cursor = cursorIn(text, 2, 'after');
    expect(cursor).toEqual({ side: 'after', replicaId: '', sequence: 1 });
    text.insertLocal(graph.replicaIndex('ann'), 0, 'XX');
    expect(positionIn(text, cursor)).toBe(4);
  });

  it('gives back the position it was made from, whatever happened before', () => {
    fc.assert(
      fc.property(historyDraws, (drawn) => {
        const { transactions } = historyOf(drawn);
        const replica = new TextReplica();
        for (const transaction of transactions) {
          replica.apply(transaction);
          const { text } = replica;
          for (let position = 0; position <= text.length; position += 1) {
            expect(positionIn(text, cursorIn(text, position, 'after'))).toBe(position);
            expect(positionIn(text, cursorIn(text, position, 'before'))).toBe(position);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
