import type { PeerHealth } from '../../observe/node-status.ts';
import { selectedId, view } from '../feed.ts';
import { count, milliseconds, phiText, roleOf } from '../format.ts';
import { linkMeanings, lookOfHealth, phiSuspected } from './links.ts';

/** What the selected node says of itself and of the others. */
export function NodeCard() {
  const node = view.value?.nodes.find(({ id }) => id === selectedId.value);
  if (!node) return null;
  const { status } = node;
  return (
    <section class="panel" aria-labelledby="card-title">
      <div class="panel-head">
        <h2 id="card-title">
          {node.id} <span class="hint">{roleOf(node)}</span>
        </h2>
        <p class="hint">{status === null ? 'says nothing' : `up ${uptime(status.uptimeMs)}`}</p>
      </div>
      {status === null ? (
        <p class="empty">A node that does not run says nothing of itself.</p>
      ) : (
        <>
          <dl class="figures">
            <Pair name="term" value={count(status.raft.term)} />
            <Pair name="committed" value={count(status.raft.commitIndex)} />
            <Pair name="keys, state" value={`${status.store.keyCount}, ${status.store.digest}`} />
            <Pair name="copies of boards" value={count(status.boards.copyCount)} />
            <Pair name="not whole elsewhere" value={count(status.boards.underReplicatedCount)} />
            <Pair name="event loop late" value={milliseconds(status.loopDelayMs)} />
          </dl>
          <ul class="peers" aria-label={`How ${node.id} sees the others`}>
            {status.peers.map((health) => (
              <PeerRow key={health.peer} health={health} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function PeerRow({ health }: { readonly health: PeerHealth }) {
  const look = lookOfHealth(health);
  return (
    <li class={look}>
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
      <small>{linkMeanings[look]}</small>
    </li>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function uptime(uptimeMs: number): string {
  const seconds = Math.floor(uptimeMs / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
