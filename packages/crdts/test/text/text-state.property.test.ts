import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { TextState } from '../../src/text/text-state.ts';

const pieces = [
  'a',
  'b',
  'ÿ',
  'ā',
  '😀',
  'word',
  'x😀y',
  'z'.repeat(40),
  'ä😀'.repeat(30),
  'long '.repeat(5_000),
];

/** Where: on from the cursor, back from it, or anywhere; and how much goes, or what comes. */
const edits = fc.array(
  fc.record({
    place: fc.constantFrom('on', 'on', 'on', 'back', 'anywhere'),
    position: fc.nat(),
    deleteCount: fc.constantFrom(0, 0, 1, 1, 2, 30_000),
    inserted: fc.constantFrom(...pieces),
    author: fc.constantFrom('ann', 'ann', 'ann', 'bob'),
  }),
  { maxLength: 60, size: 'max' },
);

const initial = fc.constantFrom('', '', 'hello', 'a😀b');

function isInside(text: string, position: number): boolean {
  return /^[\udc00-\udfff]/u.test(text.charAt(position)) && position > 0;
}

/** The nearest position at or before this one at which an edit can be. */
function snapped(text: string, position: number): number {
  return isInside(text, position) ? position - 1 : position;
}

/** A log that is told the same, each time by the door that looks everything up. */
class SlowLog {
  readonly graph = new CausalGraph();
  readonly log = new OperationLog(this.graph);

  insert(author: string, position: number, text: string): void {
    this.#append(author, text.length);
    this.log.appendInsert(ROOT, position, text.length, this.log.text.append(text));
  }

  delete(author: string, position: number, count: number): void {
    this.#append(author, count);
    this.log.appendDelete(ROOT, position, count);
  }

  #append(author: string, count: number): void {
    const { graph } = this;
    const replica = graph.replicaIndex(author);
    graph.appendAfter(replica, graph.nextSequence(replica), count, graph.eventCount - 1);
  }
}

function rowsOf(log: OperationLog): readonly (readonly number[])[] {
  return Array.from({ length: log.runCount }, (_, run) => [
    log.kind(run),
    log.start(run),
    log.a(run),
    log.b(run),
  ]);
}

describe('local edits of TextState', () => {
  it('leave text, graph and log as edits of a string and a log that looks everything up', () => {
    fc.assert(
      fc.property(edits, initial, (script, initialText) => {
        const graph = new CausalGraph();
        const log = new OperationLog(graph);
        const text = new TextState(graph, log, ROOT, initialText);
        const slow = new SlowLog();
        let expected = initialText;
        let cursor = 0;
        for (const { place, position, deleteCount, inserted, author } of script) {
          const replica = graph.replicaIndex(author);
          let at = place === 'anywhere' ? position % (expected.length + 1) : cursor;
          if (place === 'back') at = Math.max(0, at - Math.max(deleteCount, 1));
          at = snapped(expected, at);
          const end = snapped(expected, Math.min(at + deleteCount, expected.length));
          if (end > at) {
            expect(text.deleteLocal(replica, at, end - at)).toBe(slow.graph.eventCount);
            slow.delete(author, at, end - at);
            expected = expected.slice(0, at) + expected.slice(end);
            cursor = at;
          } else {
            expect(text.insertLocal(replica, at, inserted)).toBe(slow.graph.eventCount);
            slow.insert(author, at, inserted);
            expected = expected.slice(0, at) + inserted + expected.slice(at);
            cursor = at + inserted.length;
          }
          expect(text.length).toBe(expected.length);
        }
        expect(text.toString()).toBe(expected);
        expect(rowsOf(log)).toEqual(rowsOf(slow.log));
        expect(log.eventCount).toBe(graph.eventCount);
        expect(graph.frontier).toEqual(slow.graph.frontier);
        expect(log.text.slice(0, 1e9)).toBe(slow.log.text.slice(0, 1e9));
        text.rebuild();
        expect(text.toString()).toBe(expected);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('never tear a surrogate pair, wherever the last edit was', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', '😀', 'a😀b'),
        fc.array(fc.constantFrom('a', 'ā', '😀'), { maxLength: 6, size: 'max' }),
        fc.nat(12),
        (initialText, typed, last) => {
          const graph = new CausalGraph();
          const text = new TextState(graph, new OperationLog(graph), ROOT, initialText);
          const ann = graph.replicaIndex('ann');
          for (const one of typed) text.insertLocal(ann, text.length, one);
          const said = text.toString();
          if (last <= said.length && !isInside(said, last)) {
            text.insertLocal(ann, last, 'x');
            text.deleteLocal(ann, last, 1);
          }
          for (let at = 0; at <= said.length; at += 1) {
            if (!isInside(said, at)) continue;
            expect(() => text.insertLocal(ann, at, 'x')).toThrow('half of a surrogate pair');
            expect(() => text.deleteLocal(ann, at, 1)).toThrow('half of a surrogate pair');
            expect(() => text.deleteLocal(ann, at - 1, 1)).toThrow('half of a surrogate pair');
          }
          expect(text.toString()).toBe(said);
        },
      ),
    );
  });
});
