import { describe, expect, it } from 'vitest';
import { CorruptBytesError } from '../../src/errors.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { frontierOfVersion } from '../../src/history/frontier-of-version.ts';
import { TextDocument } from '../../src/text/text-document.ts';

describe('frontierOfVersion', () => {
  it('names the latest events of a version', () => {
    const ann = new TextDocument({ replicaId: 'ann' });
    const bob = new TextDocument({ replicaId: 'bob' });
    ann.insert(0, 'abc');
    bob.insert(0, 'xy');
    const ofBob = bob.encodeVersion();
    for (const update of ann.updatesSince(new Uint8Array(0))) bob.apply(update);
    const graph = new CausalGraph();
    const before = graph.replicaIndex('bob');
    graph.append(before, 0, 2, []);
    graph.append(graph.replicaIndex('ann'), 0, 3, []);
    expect(frontierOfVersion(graph, bob.encodeVersion())).toEqual([1, 4]);
    expect(frontierOfVersion(graph, ofBob)).toEqual([1]);
    expect(frontierOfVersion(graph, new Uint8Array(0))).toEqual([]);
  });

  it('refuses versions with events that are not here, and bytes that are none', () => {
    const ann = new TextDocument({ replicaId: 'ann' });
    ann.insert(0, 'abc');
    const graph = new CausalGraph();
    expect(() => frontierOfVersion(graph, ann.encodeVersion())).toThrow(RangeError);
    graph.append(graph.replicaIndex('ann'), 0, 2, []);
    expect(() => frontierOfVersion(graph, ann.encodeVersion())).toThrow('at most 2 events');
    expect(() => frontierOfVersion(graph, Uint8Array.of(1, 2, 3))).toThrow(CorruptBytesError);
  });
});
