import { describe, expect, it } from 'vitest';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { textIn, authorshipsIn, diffIn } from '../../src/text/text-history.ts';
import { TextState } from '../../src/text/text-state.ts';
import { TextReplica } from '../support/raw-history.ts';

function story(): TextReplica {
  const replica = new TextReplica();
  replica.apply({ agent: 'ann', parents: [], seqStart: 0, ops: [[0, 0, 'hello world']] });
  replica.apply({ agent: 'ann', parents: [10], seqStart: 11, ops: [[5, 0, ',']] });
  replica.apply({ agent: 'bob', parents: [10], seqStart: 0, ops: [[0, 1, 'H']] });
  return replica;
}

describe('the past of a text', () => {
  it('is asked for by version', () => {
    const { text, graph } = story();
    expect(textIn(text, [])).toBe('');
    expect(textIn(text, [4])).toBe('hello');
    expect(textIn(text, [11])).toBe('hello, world');
    expect(textIn(text, [13])).toBe('Hello world');
    expect(textIn(text, graph.frontier)).toBe('Hello, world');
    expect(textIn(text, [12])).toBe('ello world');
  });

  it('is compared by patches', () => {
    const { text } = story();
    expect(diffIn(text, [11], [13])).toEqual([
      { position: 0, deleteCount: 1, inserted: 'H' },
      { position: 5, deleteCount: 1, inserted: '' },
    ]);
    expect(diffIn(text, [13], [13])).toEqual([]);
  });

  it('says who wrote what', () => {
    const { text } = story();
    expect(authorshipsIn(text)).toEqual([
      { start: 0, end: 1, replicaId: 'bob', sequence: 1 },
      { start: 1, end: 5, replicaId: 'ann', sequence: 1 },
      { start: 5, end: 6, replicaId: 'ann', sequence: 11 },
      { start: 6, end: 12, replicaId: 'ann', sequence: 5 },
    ]);
  });

  it('ends where history was trimmed', () => {
    const graph = new CausalGraph();
    const text = new TextState(graph, new OperationLog(graph), ROOT, 'hello');
    text.insertLocal(graph.replicaIndex('ann'), 2, 'XX');
    text.deleteLocal(0, 0, 1);
    expect(textIn(text, [])).toBe('hello');
    expect(textIn(text, [1])).toBe('heXXllo');
    expect(authorshipsIn(text)).toEqual([
      { start: 0, end: 1, replicaId: undefined, sequence: 1 },
      { start: 1, end: 3, replicaId: 'ann', sequence: 0 },
      { start: 3, end: 6, replicaId: undefined, sequence: 2 },
    ]);
  });
});
