import type { NodeView } from '../../supervisor/cluster-view.ts';
import { act } from '../actions.ts';
import { selectedId, view } from '../feed.ts';
import { count, phiText, roleOf } from '../format.ts';
import { phiAbout } from './links.ts';
import { whyUnbreakable } from './tools/breakable.ts';
import { NodeDetails } from './node-details.tsx';

/** Every node in a line; the selected one in full. */
export function NodePanel() {
  return (
    <section class="panel" aria-labelledby="nodes-title">
      <div class="panel-head">
        <h2 id="nodes-title">Nodes</h2>
        <p class="hint">
          <kbd>1</kbd>…<kbd>{Math.min(9, view.value?.nodes.length ?? 9)}</kbd> choose one
        </p>
      </div>
      {view.value === undefined ? <p class="empty">Waiting for the nodes …</p> : undefined}
      <ul class="nodes">
        {view.value?.nodes.map((node) => (
          <NodeRow key={node.id} node={node} />
        ))}
      </ul>
    </section>
  );
}

function NodeRow({ node }: { readonly node: NodeView }) {
  const role = roleOf(node);
  const isSelected = node.id === selectedId.value;
  const raft = node.process === 'running' ? node.status?.raft : undefined;
  return (
    <li class={`${role}${isSelected ? ' selected' : ''}`}>
      <button
        type="button"
        class="node-name"
        aria-expanded={isSelected}
        onClick={() => {
          selectedId.value = node.id;
        }}
      >
        <span class="lamp" aria-hidden="true" />
        <b>{node.id}</b>
        <span class="role-name">{role}</span>
        <small>{raft === undefined ? '' : `term ${raft.term}`}</small>
        <small>{raft === undefined ? '' : `entry ${count(raft.commitIndex)}`}</small>
        <small>φ {phiText(phiAbout(view.value?.nodes ?? [], node.id))}</small>
      </button>
      {isSelected ? (
        <>
          <NodeActions node={node} />
          <NodeDetails node={node} />
        </>
      ) : undefined}
    </li>
  );
}

function NodeActions({ node: { id, process } }: { readonly node: NodeView }) {
  const [isStopped, isPaused] = [process === 'stopped', process === 'paused'];
  const why = whyUnbreakable(view.value);
  if (why !== undefined) return <p class="hint">{why}</p>;
  const doIt = (action: string) => () => void act(`/api/nodes/${id}/${action}`);
  return (
    <div class="buttons">
      <button
        type="button"
        class="danger"
        disabled={isStopped}
        onClick={doIt('kill')}
        aria-label={`Kill ${id}`}
        title="SIGKILL, as a power cut would"
      >
        Kill
      </button>
      <button
        type="button"
        disabled={process !== 'running' && !isPaused}
        onClick={doIt(isPaused ? 'resume' : 'pause')}
        aria-label={`${isPaused ? 'Resume' : 'Pause'} ${id}`}
        title={isPaused ? 'SIGCONT' : 'SIGSTOP: alive, but frozen'}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button
        type="button"
        class={isStopped ? 'primary' : ''}
        disabled={process === 'starting'}
        onClick={doIt('restart')}
        aria-label={`Restart ${id}`}
        title="Starts it on the data it left; kills it first if it runs"
      >
        {isStopped ? 'Start' : 'Restart'}
      </button>
    </div>
  );
}
