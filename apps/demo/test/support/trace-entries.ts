import type { TraceEntry } from '../../src/observe/trace.ts';

/** What one node did at a time, by its count. */
function traceEntry(
  node: string,
  kind: TraceEntry['kind'],
  peer: string,
  parts: Partial<TraceEntry> & { readonly clock: TraceEntry['clock'] },
): TraceEntry {
  return {
    ...{ node, kind, peer, process: `${node}.x` },
    ...{ protocol: 'raft', type: 'appendEntries', sizeBytes: 10, wallMs: 1_000, counter: 0 },
    ...parts,
  };
}

/** A message from n1 to n2 at `wallMs`, that arrives, and one to n3 that does not. */
export function exchange(wallMs: number, count: number): readonly TraceEntry[][] {
  const [first, second] = [2 * count - 1, 2 * count];
  const detail = { term: count };
  return [
    [
      traceEntry('n1', 'send', 'n2', { wallMs, clock: { 'n1.x': first }, detail }),
      traceEntry('n1', 'send', 'n3', { wallMs, counter: 1, clock: { 'n1.x': second } }),
    ],
    [
      traceEntry('n2', 'receive', 'n1', {
        ...{ wallMs: wallMs + 5, clock: { 'n1.x': first, 'n2.x': count } },
      }),
    ],
  ];
}
