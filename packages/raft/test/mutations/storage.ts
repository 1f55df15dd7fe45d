import type { Mutation } from './mutation.ts';

/** Of the scenarios about what disks do and what becomes of state: 12 to 16, 23 and 24. */
export const storage: readonly Mutation[] = [
  {
    scenario: '12',
    off: 'a cut lowers what writes under way vouch for',
    file: 'raft/src/log.ts',
    search:
      'for (const write of this.#writes) write.lastIndex = Math.min(write.lastIndex, logIndex);',
    replacement: '',
  },
  {
    scenario: '13',
    off: 'an append waits for its sync',
    file: 'storage/src/segment-writer.ts',
    search: 'Promise.allSettled([writing, this.#file.sync()])',
    replacement: 'Promise.allSettled([writing, Promise.resolve(void this.#file.sync())])',
  },
  {
    scenario: '14',
    off: 'a torn batch is told from a damaged one',
    file: 'storage/src/log-recovery.ts',
    search: "return (await scan.hasUnwritten(batch.start, batch.end)) ? 'torn' : 'doubtful';",
    replacement: "return 'doubtful';",
  },
  {
    scenario: '14',
    off: 'a torn end is told from a damaged one',
    file: 'storage/src/log-recovery.ts',
    search: 'const isTorn = found.isTorn || (await scan.hasUnwritten(end, end + MARGIN_BYTES));',
    replacement: 'const isTorn = found.isTorn;',
  },
  {
    scenario: '15',
    off: 'the folder of a new segment is synced',
    file: 'storage/src/segment-files.ts',
    search: `    await this.#disk.rename(path + PREPARING, path);
    await this.#disk.syncDirectory(this.#directory);`,
    replacement: '    await this.#disk.rename(path + PREPARING, path);',
    fails: ['names of files are as durable as what stands in them'],
  },
  {
    scenario: '15',
    off: 'the folder of a new snapshot is synced',
    file: 'storage/src/snapshot-store.ts',
    search: `    this.#numbers = [...this.#numbers, number];
    await this.#disk.syncDirectory(this.#directory);`,
    replacement: '    this.#numbers = [...this.#numbers, number];',
    fails: ['a snapshot that is stored is there after a loss of power'],
  },
  {
    scenario: '15',
    off: 'folders that were made are synced into theirs',
    file: 'storage/src/durable-directory.ts',
    search: "  let path = '';\n  await disk.syncDirectory(path);",
    replacement: "  let path = '';",
    fails: ['names of files are as durable as what stands in them'],
  },
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
  {
    scenario: '23',
    off: 'a damaged log is a promise to vote for nobody who has less',
    file: 'raft/src/recovery.ts',
    search: 'if (promised === undefined || isAtLeastAsUpToDate(lost, promised)) promised = lost;',
    replacement: 'if (isAtLeastAsUpToDate(log.start, lost)) promised = lost;',
    fails: ['who lost an entry that it acknowledged votes for nobody who lacks it'],
  },
  {
    scenario: '23',
    off: 'damage is told from a torn end',
    file: 'storage/src/log-recovery.ts',
    search: "isWhole(batch) ? 'durable' : await this.#fateOf(scan, position, batch);",
    replacement: "isWhole(batch) ? 'durable' : 'torn';",
    fails: ['a log that is damaged in its middle says so, and one with a torn end does not'],
  },
];
