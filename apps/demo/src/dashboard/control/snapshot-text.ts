/** What a node answers to the wish for a snapshot. */
interface SnapshotAnswer {
  readonly outcome: string;
  readonly lastApplied: number;
  readonly firstLogIndex: number;
}

const outcomes: Readonly<Record<string, string>> = {
  begun: 'is being written',
  underWay: 'is being written already',
  nothingNew: 'is not needed: nothing was applied since the last one',
};

/** What came of the wish for a snapshot of a node, in a sentence. */
export function snapshotText(id: string, answer: unknown): string {
  const { outcome, lastApplied, firstLogIndex } = answer as SnapshotAnswer;
  const became = outcomes[outcome] ?? outcome;
  const log = `up to entry ${lastApplied}; the log begins at ${firstLogIndex}`;
  return `A snapshot of ${id} ${became}, ${log}.`;
}
