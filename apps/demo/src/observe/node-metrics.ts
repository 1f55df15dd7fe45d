import type { MeasuredDisk } from './measured-disk.ts';
import type { LimitWatch } from './limit-figures.ts';
import type { HttpMetrics } from './http-metrics.ts';
import type { NodeStatus, OwnerFigures } from './node-status.ts';
import type { ObservedTransport, PeerTraffic } from './observed-transport.ts';
import { OpenMetricsText, type Sample } from './open-metrics.ts';

/** Where the figures come from. */
export interface MetricsSources {
  readonly status: NodeStatus;
  readonly transport: ObservedTransport;
  readonly disk: MeasuredDisk;
  readonly http: HttpMetrics;
  readonly limits: Pick<LimitWatch, 'decisions' | 'counter'>;
  /** How many proposals of this node ended how. */
  readonly proposals: ReadonlyMap<string, number>;
}

/** Everything a node counts, as OpenMetrics text. */
export function nodeMetrics(sources: MetricsSources): string {
  const { status, transport, disk, http, proposals } = sources;
  const text = new OpenMetricsText();
  writeRaft(text, status);
  writeBoards(text, status);
  writeTraffic(text, transport);
  writeLimits(text, sources.limits);

  text.histogram('disk_sync_duration_seconds', 'Time of one sync of a file.', [
    { histogram: disk.syncSeconds },
  ]);
  text.counter('disk_written_bytes', 'Bytes written to files.', [{ value: disk.writtenBytes }]);
  text.counter('disk_failures', 'Writes and syncs that failed.', [{ value: disk.failureCount }]);

  const outcomes = [...proposals].map(([outcome, value]) => ({ labels: { outcome }, value }));
  text.counter('raft_proposals', 'Proposals made on this node, by outcome.', outcomes);
  http.write(text);
  return text.finish();
}

function writeRaft(
  text: OpenMetricsText,
  { raft, store, memory, loopDelayMs, uptimeMs }: NodeStatus,
): void {
  const gauge = (name: string, help: string, value: number): void => {
    text.gauge(name, help, [{ value }]);
  };
  const roles = ['follower', 'preCandidate', 'candidate', 'leader'];
  text.gauge(
    'raft_role',
    '1 for the role the node is in, 0 for the others.',
    roles.map((role) => ({ labels: { role }, value: role === raft.role ? 1 : 0 })),
  );
  gauge('raft_term', 'Current term.', raft.term);
  gauge('raft_has_leader', 'Whether the node knows a leader.', raft.leaderId === null ? 0 : 1);
  gauge('raft_commit_index', 'Highest log index known to be committed.', raft.commitIndex);
  gauge('raft_applied_index', 'Highest log index in the state machine.', raft.lastApplied);
  gauge('raft_last_log_index', 'Last entry of the log.', raft.lastLogIndex);
  gauge('raft_first_log_index', 'First entry that the log still holds.', raft.firstLogIndex);
  gauge('raft_durable_index', 'Last entry that survives a crash.', raft.durableIndex);
  gauge('raft_damaged_entries', 'Entries that cannot be read.', raft.damaged.length);
  gauge('raft_disk_full', 'Whether writes are refused for want of room.', raft.isDiskFull ? 1 : 0);
  gauge('store_keys', 'Keys in the state machine.', store.keyCount);
  gauge('store_bytes', 'Bytes in the state machine.', store.storeBytes);
  gauge('event_loop_delay_seconds', 'How late the last timer ran.', loopDelayMs / 1_000);
  if (memory !== undefined) {
    gauge('process_heap_bytes', 'Objects of the program.', memory.heapBytes);
    gauge('process_resident_memory_bytes', 'Memory of the process.', memory.residentBytes);
  }
  gauge('uptime_seconds', 'Time since the start of the node.', uptimeMs / 1_000);
}

function writeBoards(text: OpenMetricsText, { boards, peers }: NodeStatus): void {
  const gauge = (name: string, help: string, value: number): void => {
    text.gauge(name, help, [{ value }]);
  };
  gauge('boards_copies', 'Copies of boards on this node.', boards.copyCount);
  gauge(
    'boards_under_replicated',
    'Copies here of boards that another owner does not have whole yet.',
    boards.underReplicatedCount,
  );
  gauge('boards_epoch', 'Revision at which the members were written.', boards.epoch);
  if (boards.requests !== undefined) writeOwners(text, boards.requests);
  gauge('boards_filter_bytes', 'Size of the filter of boards.', boards.filter.sizeBytes);
  text.gauge(
    'peer_phi',
    'How unlikely the silence of a peer is, as an exponent of ten.',
    peers.map(({ peer, phi }) => ({ labels: { peer }, value: phi })),
  );
  text.gauge(
    'peer_breaker_open',
    'Whether the breaker of a method of a peer lets nothing through.',
    peers.flatMap(({ peer, breakers }) =>
      Object.entries(breakers).map(([method, state]) => ({
        labels: { peer, method },
        value: state === 'closed' ? 0 : 1,
      })),
    ),
  );
}

function writeOwners(text: OpenMetricsText, figures: OwnerFigures): void {
  const counter = (name: string, help: string, value: number): void => {
    text.counter(name, help, [{ value }]);
  };
  counter('owner_requests', 'Requests to owners of boards.', figures.requestCount);
  counter('owner_requests_strayed', 'Those not to the first owner.', figures.strayedCount);
  counter('owner_requests_overload', 'Those beyond the lid of an owner.', figures.overloadCount);
  counter('owner_retries', 'Requests to another owner after one failed.', figures.retryCount);
  counter('owner_retries_denied', 'Retries that were too many.', figures.deniedRetryCount);
  const underWay = Object.entries(figures.underWay);
  text.gauge(
    'owner_requests_under_way',
    'Requests that have no answer yet, by owner.',
    underWay.map(([owner, value]) => ({ labels: { owner }, value })),
  );
}

function writeLimits(
  text: OpenMetricsText,
  { decisions, counter }: MetricsSources['limits'],
): void {
  const decided = [...decisions].map(([source, value]) => ({ labels: { source }, value }));
  text.counter('limit_decisions', 'Requests held against a quota, by who counted.', decided);
  const labels = { store: counter.store };
  text.gauge('limit_store_up', 'Whether who counts requests can be asked.', [
    { labels, value: counter.isReachable ? 1 : 0 },
  ]);
  text.counter('limit_store_failures', 'Questions to who counts that had no answer in time.', [
    { labels, value: counter.failureCount },
  ]);
}

function writeTraffic(text: OpenMetricsText, { traffic }: ObservedTransport): void {
  const byPeer = (value: (peer: PeerTraffic) => number): readonly Sample[] =>
    [...traffic].map(([peer, counts]) => ({ labels: { peer }, value: value(counts) }));
  const counter = (name: string, help: string, value: (peer: PeerTraffic) => number): void => {
    text.counter(name, help, byPeer(value));
  };
  counter('transport_sent_messages', 'Messages sent.', ({ sentCount }) => sentCount);
  counter('transport_sent_bytes', 'Bytes of messages sent.', ({ sentBytes }) => sentBytes);
  counter('transport_refused_messages', 'Messages not taken.', ({ refusedCount }) => refusedCount);
  counter('transport_received_messages', 'Messages received.', (peer) => peer.receivedCount);
  counter('transport_received_bytes', 'Bytes of messages received.', (peer) => peer.receivedBytes);
}
