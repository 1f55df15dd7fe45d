import { describe, expect, it } from 'vitest';
import { CorruptBytesError } from '../../src/errors.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { TextState } from '../../src/text/text-state.ts';
import { TextReplica } from '../support/raw-history.ts';

describe('TextState', () => {
  it('takes local edits', () => {
    const { graph, text } = new TextReplica();
    const ann = graph.replicaIndex('ann');
    expect(text.insertLocal(ann, 0, 'hello')).toBe(0);
    expect(text.insertLocal(ann, 5, '!')).toBe(5);
    expect(text.deleteLocal(ann, 0, 4)).toBe(6);
    expect(text.toString()).toBe('o!');
    expect(text.length).toBe(2);
    expect(text.slice(1, 2)).toBe('!');
    expect(graph.eventCount).toBe(10);
  });

  it('refuses edits outside of the text or inside a character, and stays as it was', () => {
    const { graph, text } = new TextReplica();
    const ann = graph.replicaIndex('ann');
    text.insertLocal(ann, 0, 'a😀b');
    for (const position of [-1, 5, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => text.insertLocal(ann, position, 'x')).toThrow(RangeError);
      expect(() => text.deleteLocal(ann, position, 1)).toThrow(RangeError);
    }
    for (const count of [0, -1, 5, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => text.deleteLocal(ann, 0, count)).toThrow(RangeError);
    }
    expect(() => text.insertLocal(ann, 2, 'x')).toThrow('half of a surrogate pair');
    expect(() => text.deleteLocal(ann, 0, 2)).toThrow('half of a surrogate pair');
    expect(() => text.insertLocal(ann, 0, '')).toThrow(RangeError);
    expect(() => text.insertLocal(ann, 0, '\ud83d')).toThrow('well-formed');
    expect(text.toString()).toBe('a😀b');
    expect(graph.eventCount).toBe(4);
  });

  it('tells what remote edits changed', () => {
    const replica = new TextReplica();
    replica.apply({ agent: 'a', parents: [], seqStart: 0, ops: [[0, 0, 'hello']] });
    replica.apply({ agent: 'a', parents: [4], seqStart: 5, ops: [[0, 1, 'J']] });
    replica.append({
      agent: 'b',
      parents: [4],
      seqStart: 0,
      ops: [
        [5, 0, '!'],
        [0, 2, ''],
      ],
    });
    const told: unknown[] = [];
    replica.text.integrate(7, 10, (...patch) => told.push(patch));
    expect(replica.text.toString()).toBe('Jllo!');
    expect(told).toEqual([
      [5, 0, '!'],
      [1, 1, ''],
    ]);
  });

  it('refuses positions outside of the text, and is whole again after rebuild', () => {
    for (const parents of [[4], [5]]) {
      const replica = new TextReplica();
      replica.apply({ agent: 'a', parents: [], seqStart: 0, ops: [[0, 0, 'hello']] });
      replica.apply({ agent: 'a', parents: [4], seqStart: 5, ops: [[5, 0, '!']] });
      const { graph, log, text } = replica;
      replica.append({
        agent: 'b',
        parents,
        seqStart: 0,
        ops: [
          [0, 1, ''],
          [9, 0, 'x'],
        ],
      });
      expect(() => text.integrate(6, 8)).toThrow(CorruptBytesError);
      graph.truncate(6);
      log.truncate(6);
      text.rebuild();
      expect(text.toString()).toBe('hello!');
      replica.apply({ agent: 'b', parents: [4], seqStart: 0, ops: [[0, 1, 'J']] });
      expect(text.toString()).toBe('Jello!');
    }
  });

  it('begins with a text whose past was trimmed', () => {
    const graph = new CausalGraph();
    const log = new OperationLog(graph);
    const text = new TextState(graph, log, ROOT, 'hello');
    const ann = graph.replicaIndex('ann');
    text.insertLocal(ann, 5, '!');
    graph.append(graph.replicaIndex('bob'), 0, 2, []);
    log.appendDelete(ROOT, 3, 2);
    text.integrate(1, 3);
    expect(text.toString()).toBe('hel!');
    expect(() => {
      graph.append(graph.replicaIndex('cid'), 0, 1, []);
      log.appendInsert(ROOT, 6, 1, log.text.append('x'));
      text.integrate(3, 4);
    }).toThrow(CorruptBytesError);
  });

  it('passes by operations of other containers', () => {
    const graph = new CausalGraph();
    const log = new OperationLog(graph);
    const text = new TextState(graph, log, 7);
    const other = new TextState(graph, log);
    const ann = graph.replicaIndex('ann');
    other.insertLocal(ann, 0, 'root');
    text.insertLocal(ann, 0, 'seven');
    graph.append(graph.replicaIndex('bob'), 0, 4, [3]);
    log.appendInsert(ROOT, 4, 4, log.text.append('beer'));
    text.integrate(9, 13);
    other.integrate(9, 13);
    expect([text.toString(), other.toString()]).toEqual(['seven', 'rootbeer']);
    other.rebuild();
    text.rebuild();
    expect([text.toString(), other.toString()]).toEqual(['seven', 'rootbeer']);
  });

  it('merges on after a merge so large that nothing of it is kept', () => {
    const everywhere = (letter: string): [number, number, string][] =>
      Array.from({ length: 34_000 }, (_, at) => [2 * at, 0, letter]);
    const replica = new TextReplica();
    replica.apply({ agent: 'o', parents: [], seqStart: 0, ops: [[0, 0, '.'.repeat(34_000)]] });
    replica.apply({ agent: 'a', parents: [33_999], seqStart: 0, ops: everywhere('a') });
    replica.apply({ agent: 'b', parents: [33_999], seqStart: 0, ops: everywhere('b') });
    expect(replica.text.toString()).toBe('ab.'.repeat(34_000));
    replica.apply({ agent: 'a', parents: replica.graph.frontier, seqStart: 0, ops: [[0, 1, '']] });
    const head = replica.graph.eventCount - 1;
    replica.apply({ agent: 'a', parents: [head], seqStart: 0, ops: [[2, 0, 'AA']] });
    replica.apply({ agent: 'b', parents: [head], seqStart: 0, ops: [[2, 2, 'B']] });
    replica.apply({ agent: 'o', parents: [head], seqStart: 0, ops: [[101_999, 0, '!']] });
    expect(replica.text.slice(0, 8)).toBe('b.AAB.ab');
    expect(replica.text.slice(101_997, 102_001)).toBe('ab.!');
    expect(() => {
      replica.apply({ agent: 'c', parents: [head], seqStart: 0, ops: [[102_000, 0, '?']] });
    }).toThrow(CorruptBytesError);
  });
});
