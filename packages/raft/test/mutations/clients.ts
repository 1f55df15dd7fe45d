import type { Mutation } from './mutation.ts';

/** Of the scenarios about clients that ask again: 22 and 38. */
export const clients: readonly Mutation[] = [
  {
    scenario: '22',
    off: 'snapshots hold the answers',
    file: 'raft/src/sessions/session-table.ts',
    search:
      '      responses: new Map([...session.responses].sort(([left], [right]) => left - right)),',
    replacement: '      responses: new Map(),',
    fails: ['a call whose reply was lost is applied once, by whichever leader'],
  },
  {
    scenario: '22',
    off: 'a number is applied once',
    file: 'raft/src/sessions/session-table.ts',
    search: "    if (stored !== undefined) return { kind: 'repeated', stored };",
    replacement: '    session.responses.delete(sequence);',
    fails: ['a call whose reply was lost is applied once, by whichever leader'],
  },
  {
    scenario: '38',
    off: 'a repeated number is answered at once',
    file: 'raft/src/sessions/session-table.ts',
    search: "    if (stored !== undefined) return { kind: 'repeated', stored };",
    replacement: "    if (stored !== undefined) return { kind: 'refused', reason: 'backlog' };",
    fails: ['numbers that were applied are answered again, by whichever leader'],
  },
];
