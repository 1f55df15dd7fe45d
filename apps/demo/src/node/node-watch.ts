/** What a node says of itself: to who asks, and over and over to who watches. */
import { EventLoopMonitor } from '../observe/event-loop-monitor.ts';
import { HttpMetrics } from '../observe/http-metrics.ts';
import type { MetricsSources } from '../observe/node-metrics.ts';
import type { NodeStatus, RaftFigures } from '../observe/node-status.ts';
import { raftFigures } from '../observe/raft-figures.ts';
import { StatusPublisher } from '../observe/status-publisher.ts';
import type { Boards } from './boards/open-boards.ts';
import type { MemberChanges } from './control/member-changes.ts';
import type { Control } from './control/open-control.ts';
import type { Admission } from './gateway/admission.ts';
import type { Surroundings } from './surroundings.ts';

/** Whom it asks. */
export interface NodeParts {
  readonly control: Control;
  readonly boards: Boards;
  readonly changes: MemberChanges;
  readonly admission: Admission;
}

/** A node that is watched. */
export interface NodeWatch {
  readonly status: () => NodeStatus;
  /** Raft's part of that. */
  readonly raft: () => RaftFigures;
  /** All that is counted. */
  readonly counts: () => MetricsSources;
  /** Counts requests. */
  readonly http: HttpMetrics;
  readonly close: () => void;
}

/** Watches a node from now on. */
export function watchNode(
  { control, boards, changes, admission }: NodeParts,
  {
    transport,
    stamped,
    disk,
    clock,
    watchClock,
    calls,
    faults,
    events,
    trace,
    memory,
  }: Surroundings,
): NodeWatch {
  const { raft, store, service } = control;
  const http = new HttpMetrics();
  const loop = new EventLoopMonitor(clock);
  const startedAtMs = clock.nowMs();
  const figures = (): RaftFigures => raftFigures(raft.status());
  const status = (): NodeStatus => ({
    id: transport.localId,
    uptimeMs: clock.nowMs() - startedAtMs,
    loopDelayMs: loop.delayMs,
    ...(memory && { memory: memory() }),
    hybridAheadMs: stamped.aheadMs,
    raft: figures(),
    store: store.figures(),
    boards: boards.figures(),
    members: changes.progress(),
    peers: calls.health(),
    limits: admission.watch.figures,
    blockedPeers: faults.blockedPeers,
  });
  const publisher = new StatusPublisher(watchClock, events, status);
  raft.observe(({ kind }) => {
    if (kind === 'roleChanged') publisher.publish();
  });
  const counts = (): MetricsSources => ({
    ...{ status: status(), transport, disk, http, proposals: service.proposals },
    limits: admission.watch,
  });
  const close = (): void => {
    for (const part of [publisher, trace, loop]) part.close();
  };
  return { status, raft: figures, counts, http, close };
}
