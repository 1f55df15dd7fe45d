/** Figures of the whole cluster, out of what its nodes say and what clients got. */
import type { ChartPoint, NodeView } from '../../supervisor/cluster-view.ts';

/** So many copies a board should have if no node says otherwise. */
const copiesUsual = 3;
/** A node that was silent for so long is not counted as live, in ms. */
const silentMsMax = 1_500;
/** Of so many boards at most a node shows what it has. */
const digestsMax = 64;

/** Boards with fewer copies on live nodes than they should have. */
export interface UnderReplicated {
  readonly count: number;
  /** Whether there may be more: nodes do not name all of their boards. */
  readonly isAtLeast: boolean;
  /** Boards of which a live node says that it has a copy. */
  readonly boardCount: number;
}

/** Whether a node runs and says so. */
export function isLive({ process, status, statusAgeMs }: NodeView): boolean {
  return process === 'running' && status !== null && statusAgeMs < silentMsMax;
}

/** How many copies each board should have, as the nodes say that live. */
export function copiesWanted(nodes: readonly NodeView[]): number {
  const said = nodes.filter(isLive).map(({ status }) => status?.boards.replicaCount ?? copiesUsual);
  return said.length === 0 ? copiesUsual : Math.max(...said);
}

/** Counts the boards whose copies are too few while all that is not live stays away. */
export function underReplicated(nodes: readonly NodeView[]): UnderReplicated {
  const boards = nodes.filter(isLive).flatMap(({ status }) => (status ? [status.boards] : []));
  const copies = new Map<string, number>();
  for (const boardId of boards.flatMap(({ digests }) => Object.keys(digests))) {
    copies.set(boardId, (copies.get(boardId) ?? 0) + 1);
  }
  const memberCount = Math.max(0, ...boards.map(({ members }) => members.length));
  const wanted = Math.min(copiesWanted(nodes), memberCount);
  const isAtLeast = boards.some(({ copyCount }) => copyCount > digestsMax);
  const few = [...copies.values()].filter((count) => count < wanted).length;
  const said = Math.max(0, ...boards.map(({ underReplicatedCount }) => underReplicatedCount));
  // Where not all boards are named, one may be missed in one list and stand in another.
  return { count: isAtLeast ? said : few, isAtLeast, boardCount: copies.size };
}

/** What clients got in the last `spanMs`: the share that was done, 0..1, and the newest p99. */
export function answered(
  points: readonly ChartPoint[],
  spanMs: number,
): { readonly okShare: number | undefined; readonly p99Ms: number } {
  const newest = points.at(-1);
  const since = (newest?.atMs ?? 0) - spanMs;
  let [ok, all] = [0, 0];
  for (const point of points) {
    if (point.atMs <= since) continue;
    ok += point.okPerSecond;
    all += point.okPerSecond + point.failedPerSecond + point.unknownPerSecond;
  }
  return { okShare: all === 0 ? undefined : ok / all, p99Ms: newest?.p99Ms ?? 0 };
}
