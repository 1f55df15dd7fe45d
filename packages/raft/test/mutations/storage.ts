import type { Mutation } from './mutation.ts';

/** Of the scenarios about what disks do and what becomes of state: 12 to 16, 23 and 24. */
export const storage: readonly Mutation[] = [
  {
    scenario: '16',
    off: 'digests of peers are compared',
    file: 'raft/src/node/state-hash.ts',
    search: 'if (this.#own.has(logIndex)) this.#compare(peer, hashes, logIndex, digest);',
    replacement: 'if (this.#own.has(logIndex)) return;',
    fails: ['a replica that skips a command is named by the others, and names them'],
  },
  {
    scenario: '16',
    off: 'digests are told',
    file: 'raft/src/raft-node.ts',
    search: '% this.#tuning.digestEveryEntries === 0) this.#tellDigest(entry.logIndex);',
    replacement: '% this.#tuning.digestEveryEntries === 0) return;',
    fails: ['a replica that skips a command is named by the others, and names them'],
  },
  {
    scenario: '16',
    off: 'an equal digest ends a difference',
    file: 'raft/src/node/state-hash.ts',
    search: '      hashes.divergence = undefined;',
    replacement: '',
    fails: ['replicas that are equal again differ no more'],
  },
];
