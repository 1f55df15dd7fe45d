import type { NodeView } from '../../supervisor/cluster-view.ts';
import { act } from '../actions.ts';
import { selectedId, view } from '../feed.ts';
import { roleOf } from '../format.ts';

/** Every node with what one can do to it. */
export function NodePanel() {
  return (
    <section class="panel" aria-labelledby="nodes-title">
      <div class="panel-head">
        <h2 id="nodes-title">Nodes</h2>
        <p class="hint">
          <kbd>1</kbd>…<kbd>9</kbd> select, <kbd>K</kbd> kill, <kbd>P</kbd> pause, <kbd>R</kbd>{' '}
          restart
        </p>
      </div>
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
  const isRunning = node.process === 'running';
  const isStopped = node.process === 'stopped';
  const isPaused = node.process === 'paused';
  const doIt = (action: string) => () => void act(`/api/nodes/${node.id}/${action}`);
  return (
    <li class={`${role}${node.id === selectedId.value ? ' selected' : ''}`}>
      <button
        type="button"
        class="node-name"
        aria-pressed={node.id === selectedId.value}
        onClick={() => {
          selectedId.value = node.id;
        }}
      >
        <span class="lamp" aria-hidden="true" />
        <b>{node.id}</b>
        <span class="role-name">{role}</span>
        <small>{node.pid === null ? 'no process' : `pid ${node.pid}`}</small>
      </button>
      <span class="buttons">
        <button
          type="button"
          class="danger"
          disabled={isStopped}
          onClick={doIt('kill')}
          aria-label={`Kill ${node.id}`}
          title="SIGKILL, as a power cut would"
        >
          Kill
        </button>
        <button
          type="button"
          disabled={!isRunning && !isPaused}
          onClick={doIt(isPaused ? 'resume' : 'pause')}
          aria-label={`${isPaused ? 'Resume' : 'Pause'} ${node.id}`}
          title={isPaused ? 'SIGCONT' : 'SIGSTOP: alive, but frozen'}
        >
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button
          type="button"
          class={isStopped ? 'primary' : ''}
          disabled={node.process === 'starting'}
          onClick={doIt('restart')}
          aria-label={`Restart ${node.id}`}
          title="Starts it on the data it left; kills it first if it runs"
        >
          {isStopped ? 'Start' : 'Restart'}
        </button>
      </span>
    </li>
  );
}
