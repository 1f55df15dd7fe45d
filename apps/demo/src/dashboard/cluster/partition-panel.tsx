import { signal } from '@preact/signals';

import { act } from '../actions.ts';
import { view } from '../feed.ts';

const otherSide = signal<ReadonlySet<string>>(new Set(['n1']));

/** Draws a cut through the cluster: every node on one side or the other. */
export function PartitionPanel() {
  const nodes = view.value?.nodes ?? [];
  const groups = view.value?.groups ?? [];
  const ids = nodes.map(({ id }) => id);
  const left = ids.filter((id) => otherSide.value.has(id));
  const right = ids.filter((id) => !otherSide.value.has(id));
  const isPossible = left.length > 0 && right.length > 0;
  const isCut = groups.length > 0;
  return (
    <section class="panel" aria-labelledby="partition-title">
      <div class="panel-head">
        <h2 id="partition-title">Partition</h2>
        <p class="hint">
          {isCut ? groups.map((group) => group.join(', ')).join('  |  ') : 'all nodes connected'}
        </p>
      </div>
      <div class="sides" role="group" aria-label="Which side each node is on">
        {ids.map((id) => (
          <label key={id} class="side">
            <input
              type="checkbox"
              role="switch"
              checked={otherSide.value.has(id)}
              onChange={() => {
                toggle(id);
              }}
            />
            <span>{id}</span>
            <small>{otherSide.value.has(id) ? 'side A' : 'side B'}</small>
          </label>
        ))}
      </div>
      <div class="buttons">
        <button
          type="button"
          class="danger"
          disabled={!isPossible}
          onClick={() => void act('/api/partition', { groups: [left, right] })}
        >
          {isPossible ? `Cut ${left.join(', ')} off` : 'Choose two sides'}
        </button>
        <button
          type="button"
          class={isCut ? 'primary' : ''}
          disabled={!isCut}
          onClick={() => void act('/api/heal')}
        >
          Heal <kbd>H</kbd>
        </button>
      </div>
    </section>
  );
}

function toggle(id: string): void {
  const next = new Set(otherSide.value);
  if (!next.delete(id)) next.add(id);
  otherSide.value = next;
}
