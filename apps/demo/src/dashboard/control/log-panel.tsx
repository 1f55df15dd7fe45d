import type { NodeView } from '../../supervisor/cluster-view.ts';
import { view } from '../feed.ts';
import { count, roleOf } from '../format.ts';
import { logWindow, type LogCell, type LogWindow, cellsOf } from './log-window.ts';

/** The logs side by side, aligned by index: who has what, and how much of it is committed. */
export function LogPanel() {
  const nodes = view.value?.nodes ?? [];
  const window = logWindow(nodes);
  return (
    <section class="panel" aria-labelledby="logs-title">
      <div class="panel-head">
        <h2 id="logs-title">Logs</h2>
        <p class="hint">
          entries {count(window.first)} to {count(window.last)}
          {window.step > 1 ? `, ${count(window.step)} a cell` : ''}
        </p>
      </div>
      <div class="logs" role="img" aria-label="The logs; the table at the end says the same">
        {nodes.map((node) => (
          <LogRow key={node.id} node={node} window={window} />
        ))}
      </div>
      <ul class="legend">
        <li>
          <span class="cell committed" /> committed
        </li>
        <li>
          <span class="cell durable" /> on disk, not known to be committed
        </li>
        <li>
          <span class="cell volatile" /> not yet on disk
        </li>
        <li>
          <span class="cell forgotten" /> in a snapshot
        </li>
        <li>
          <span class="cell damaged" /> damaged
        </li>
      </ul>
    </section>
  );
}

function LogRow({ node, window }: { readonly node: NodeView; readonly window: LogWindow }) {
  const raft = node.status?.raft;
  const role = roleOf(node);
  return (
    <div class={`log-row ${role === 'starting' ? '' : role}`}>
      <span class="log-name">
        {node.id}
        <small>{role}</small>
      </span>
      <span class="cells">
        {cellsOf(node, window).map((cell: LogCell, index) => (
          <i key={index} class={`cell ${cell}`} />
        ))}
      </span>
      <span class="log-figures">
        {raft ? (
          <>
            <b>{count(raft.commitIndex)}</b> of {count(raft.lastLogIndex)}
            <small>state {node.status.store.digest}</small>
          </>
        ) : (
          <small>no answer</small>
        )}
      </span>
    </div>
  );
}
