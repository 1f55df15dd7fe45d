import type { NodeView } from '../../supervisor/cluster-view.ts';

/** What one cell of a log row shows. */
export type LogCell = 'absent' | 'forgotten' | 'volatile' | 'durable' | 'committed' | 'damaged';

/** The part of the logs that is drawn. */
export interface LogWindow {
  /** First index, included. */
  readonly first: number;
  /** Last index, included; 0 if all logs are empty. */
  readonly last: number;
  /** Entries a cell; a power of two. */
  readonly step: number;
}

const cellCount = 48;

/** The end of the logs, wide enough to show how far the slowest node that answers is behind. */
export function logWindow(nodes: readonly NodeView[]): LogWindow {
  const rafts = nodes.flatMap(({ status }) => (status ? [status.raft] : []));
  const last = Math.max(0, ...rafts.map(({ lastLogIndex }) => lastLogIndex));
  const lowest = Math.min(last, ...rafts.map(({ commitIndex }) => commitIndex));
  let step = 1;
  while (step * (cellCount - 6) < last - lowest) step *= 2;
  // Windows move in whole cells, or every cell would change with every entry.
  const lastCell = Math.max(cellCount, Math.ceil(last / step));
  return { first: (lastCell - cellCount) * step + 1, last, step };
}

/** One row of cells, the oldest first. */
export function cellsOf({ status }: NodeView, window: LogWindow): readonly LogCell[] {
  const raft = status?.raft;
  return Array.from({ length: cellCount }, (_, index): LogCell => {
    const lowest = window.first + index * window.step;
    const highest = Math.min(lowest + window.step - 1, Math.max(window.last, lowest));
    if (!raft || lowest > raft.lastLogIndex) return 'absent';
    const isHere = (logIndex: number): boolean => logIndex >= lowest && logIndex <= highest;
    if (raft.damaged.some(({ logIndex }) => isHere(logIndex))) return 'damaged';
    if (highest < raft.firstLogIndex) return 'forgotten';
    if (highest <= raft.commitIndex) return 'committed';
    return highest <= raft.durableIndex ? 'durable' : 'volatile';
  });
}
