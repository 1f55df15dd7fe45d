import type { PeerHealth } from '../../observe/node-status.ts';
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { marks } from '../feed.ts';
import { clockTime, count, milliseconds, phiText } from '../format.ts';
import { linkMeanings, lookOfHealth, phiSuspected } from './links.ts';

/** Of so many things that happened to a node, or that it wrote, the newest are shown. */
const marksMax = 6;

/** What a node says of itself and of the others, and what happened to it lately. */
export function NodeDetails({ node }: { readonly node: NodeView }) {
  const { status, id } = node;
  if (status === null) return <p class="empty">A node that does not run says nothing of itself.</p>;
  const { raft, store, boards, memory, loopDelayMs, uptimeMs } = status;
  const lately = marks.value.filter(({ text }) => text.split(/[\s,/:]/).includes(id));
  return (
    <>
      <dl class="figures">
        <Pair name="applied" value={count(raft.lastApplied)} />
        <Pair name="log on disk" value={count(raft.durableIndex)} />
        <Pair name="voted for" value={raft.votedFor ?? '–'} />
        <Pair name="keys" value={count(store.keyCount)} />
        <Pair name="state" value={store.digest} />
        <Pair name="boards here" value={count(boards.copyCount)} />
        <Pair name="not whole elsewhere" value={count(boards.underReplicatedCount)} />
        <Pair name="event loop late" value={milliseconds(loopDelayMs)} />
        {memory === undefined ? undefined : (
          <>
            <Pair name="heap" value={megabytes(memory.heapBytes)} />
            <Pair name="memory" value={megabytes(memory.residentBytes)} />
          </>
        )}
        <Pair name="up" value={uptime(uptimeMs)} />
      </dl>
      <ul class="peers" aria-label={`How ${id} sees the others`}>
        {status.peers.map((health) => (
          <PeerRow key={health.peer} health={health} />
        ))}
      </ul>
      {lately.length === 0 ? undefined : (
        <ol class="happenings" aria-label={`What happened to ${id} lately, and what it wrote`}>
          {lately
            .slice(-marksMax)
            .reverse()
            .map(({ atMs, kind, text }) => (
              <li key={`${atMs} ${text}`} class={kind}>
                <time>{clockTime(atMs)}</time>
                <span>{kind === 'log' ? text.slice(id.length + 2) : text}</span>
              </li>
            ))}
        </ol>
      )}
    </>
  );
}

function PeerRow({ health }: { readonly health: PeerHealth }) {
  const look = lookOfHealth(health);
  return (
    <li class={look} title={linkMeanings[look]}>
      <b>{health.peer}</b>
      <meter
        min={0}
        max={phiSuspected}
        low={phiSuspected / 4}
        high={phiSuspected * 0.99}
        optimum={0}
        value={Math.min(health.phi, phiSuspected)}
        aria-label={`φ of ${health.peer}`}
      />
      <span>φ {phiText(health.phi)}</span>
      <small>{shortMeanings[look]}</small>
    </li>
  );
}

/** What fits beside a figure; the legend of the ring says it in full. */
const shortMeanings = {
  well: 'well',
  trial: 'half-open',
  doubt: 'silent',
  refused: 'suspected or open',
  unknown: 'says nothing',
} as const;

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function uptime(uptimeMs: number): string {
  const seconds = Math.floor(uptimeMs / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
