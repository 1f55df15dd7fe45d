import type { RaftStatus } from '../node/status.ts';
import type { Histogram } from './histogram.ts';
import type { MessageCounts, RaftMetrics } from './node/raft-metrics.ts';

/** The content type of `openMetrics`. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels];

const roles = ['follower', 'preCandidate', 'candidate', 'leader'];
const conditions = ['running', 'recovering', 'failed', 'closed'];

/**
 * What a node counts and how it stands, in the OpenMetrics text format, version 1.0.0, which
 * Prometheus reads. Ask for it when it is scraped: O(members + kinds of message).
 *
 * @param labels - Put on every sample, such as a name of the group.
 */
export function openMetrics(
  metrics: RaftMetrics,
  status: RaftStatus,
  labels: Readonly<Record<string, string>> = {},
): string {
  const text = new Text(labels);
  writeState(text, status);
  writeLog(text, status);
  writeFollowers(text, status);
  writeCounters(text, metrics);
  writeMessages(text, metrics);
  return text.finish();
}

function writeState(text: Text, status: RaftStatus): void {
  const { role, condition, term, leaderId, isDiskFull, damaged } = status;
  text.gauge(
    'raft_role',
    'The role of the node: 1 for the one it is in.',
    oneOf('role', roles, role),
  );
  text.gauge(
    'raft_condition',
    'The condition of the node: 1 for the one it is in.',
    oneOf('condition', conditions, condition),
  );
  text.gauge('raft_term', 'Current term.', [[term]]);
  text.gauge('raft_has_leader', 'Whether a leader is known.', [[leaderId === undefined ? 0 : 1]]);
  text.gauge('raft_disk_full', 'Whether writes wait for room.', [[isDiskFull ? 1 : 0]]);
  text.gauge('raft_damaged_entries', 'Entries that cannot be read.', [[damaged.length]]);
  text.gauge('raft_protocol_version', 'Protocol version of the cluster.', [
    [status.protocolVersion],
  ]);
  text.gauge('raft_voters', 'Nodes that vote.', [[status.voters.length]]);
}

function writeLog(text: Text, status: RaftStatus): void {
  const { commitIndex, lastApplied, firstLogIndex, lastLogIndex, durableIndex } = status;
  text.gauge('raft_first_log_index', 'First entry in memory.', [[firstLogIndex]]);
  text.gauge('raft_last_log_index', 'Last entry of the log.', [[lastLogIndex]]);
  text.gauge('raft_durable_index', 'Last entry that survives a crash.', [[durableIndex]]);
  text.gauge('raft_commit_index', 'Last entry known to be committed.', [[commitIndex]]);
  text.gauge('raft_applied_index', 'Last entry in the state machine.', [[lastApplied]]);
  text.gauge('raft_apply_lag_entries', 'Entries that are committed and not applied.', [
    [Math.max(0, commitIndex - lastApplied)],
  ]);
  text.gauge('raft_uncommitted_entries', 'Entries that are not committed.', [
    [Math.max(0, lastLogIndex - commitIndex)],
  ]);
  text.gauge('raft_snapshots_sending', 'Snapshots on their way to followers.', [
    [status.snapshotsSending.size],
  ]);
}

function writeFollowers(text: Text, { peers, lastLogIndex }: RaftStatus): void {
  const followers = [...peers];
  text.gauge(
    'raft_follower_lag_entries',
    'Entries that the leader does not know a follower to have.',
    followers.map(([peer, { matchIndex }]) => [lastLogIndex - matchIndex, { peer }]),
  );
  text.gauge(
    'raft_follower_active',
    'Whether a follower answered since the last check of the quorum.',
    followers.map(([peer, { isRecentlyActive }]) => [isRecentlyActive ? 1 : 0, { peer }]),
  );
}

function writeCounters(text: Text, metrics: RaftMetrics): void {
  for (const kind of ['proposal', 'read', 'membership', 'transfer'] as const) {
    const samples = Array.from(metrics.requests(kind), ([outcome, count]): Sample => [
      count,
      { outcome },
    ]);
    text.counter(`raft_${kind}_requests`, `Requests made on this node: ${kind}.`, samples);
  }
  const counters: readonly (readonly [name: string, help: string, value: number])[] = [
    ['raft_commands_applied', 'Commands given to the state machine.', metrics.commandsApplied],
    ['raft_elections_started', 'Campaigns for votes.', metrics.electionsStarted],
    ['raft_elections_won', 'Campaigns that were won.', metrics.electionsWon],
    ['raft_leader_changes', 'Leaders learned of.', metrics.leaderChanges],
    ['raft_append_batches', 'Writes of entries to the log.', metrics.appendBatches],
    ['raft_appended_entries', 'Entries written to the log.', metrics.appendedEntries],
    ['raft_syncs', 'Reports that writes of the log are durable.', metrics.syncs],
    ['raft_snapshots_sent', 'Snapshots begun to be sent.', metrics.snapshotsSent],
    ['raft_snapshots_restored', 'Snapshots taken over from a leader.', metrics.snapshotsRestored],
    ['raft_read_index_rounds', 'Confirmations of reads by heartbeats.', metrics.readIndexRounds],
    ['raft_lease_reads', 'Confirmations of reads by a lease.', metrics.leaseReads],
    ['raft_malformed_messages', 'Messages that did not decode.', metrics.malformedMessages],
  ];
  for (const [name, help, value] of counters) text.counter(name, help, [[value]]);
  const { commitSeconds, syncSeconds } = metrics;
  text.histogram(
    'raft_commit_duration_seconds',
    'From append to apply, on a leader.',
    commitSeconds,
  );
  text.histogram('raft_sync_duration_seconds', 'From a write to its durability.', syncSeconds);
}

function writeMessages(text: Text, metrics: RaftMetrics): void {
  const messages = [...metrics.messages()];
  const counter = (name: string, help: string, what: keyof MessageCounts): void => {
    text.counter(
      name,
      help,
      messages.map(([message, counts]) => [counts[what], { message }]),
    );
  };
  counter('raft_sent_messages', 'Messages sent.', 'sent');
  counter('raft_sent_bytes', 'Bytes of messages sent.', 'sentBytes');
  counter('raft_dropped_messages', 'Messages not taken by the transport.', 'dropped');
  counter('raft_received_messages', 'Messages received.', 'received');
  counter('raft_received_bytes', 'Bytes of messages received.', 'receivedBytes');
}

function oneOf(label: string, values: readonly string[], current: string): readonly Sample[] {
  return values.map((value) => [value === current ? 1 : 0, { [label]: value }]);
}

/** Families of samples, each sample a name, a set of labels and a number. */
class Text {
  readonly #labels: Labels;
  readonly #lines: string[] = [];

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  counter(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, 'counter', help);
    for (const sample of samples) this.#sample(`${name}_total`, sample);
  }

  gauge(name: string, help: string, samples: readonly Sample[]): void {
    this.#family(name, 'gauge', help);
    for (const sample of samples) this.#sample(name, sample);
  }

  histogram(name: string, help: string, histogram: Histogram): void {
    this.#family(name, 'histogram', help);
    histogram.cumulative().forEach((count, place) => {
      const le = histogram.bounds[place]?.toString() ?? '+Inf';
      this.#sample(`${name}_bucket`, [count, { le }]);
    });
    this.#sample(`${name}_count`, [histogram.count]);
    this.#sample(`${name}_sum`, [histogram.sum]);
  }

  finish(): string {
    return `${this.#lines.join('\n')}\n# EOF\n`;
  }

  #family(name: string, type: string, help: string): void {
    this.#lines.push(`# TYPE ${name} ${type}`, `# HELP ${name} ${help}`);
  }

  #sample(name: string, [value, labels = {}]: Sample): void {
    const pairs = Object.entries({ ...this.#labels, ...labels });
    const set = pairs.map(([label, text]) => `${label}="${escape(text)}"`).join(',');
    this.#lines.push(`${name}${set === '' ? '' : `{${set}}`} ${value}`);
  }
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
