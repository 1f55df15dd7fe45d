import { signal } from '@preact/signals';

import type { BreakerFigures } from '../../observe/node-status.ts';
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { healthOf, linkMeanings, lookOfHealth } from '../cluster/links.ts';
import { view } from '../feed.ts';
import { count, milliseconds, phiText } from '../format.ts';
import { LookSign } from './look-sign.tsx';

const words = {
  well: 'closed',
  trial: 'half-open',
  doubt: 'doubted',
  refused: 'open',
  unknown: 'no word',
} as const;

interface Pair {
  readonly from: string;
  readonly peer: string;
}

const chosen = signal<Pair>({ from: 'n1', peer: 'n2' });

/** Breakers and suspicion of all pairs: a row says how one node sees each other one. */
export function MatrixPanel() {
  const nodes = view.value?.nodes ?? [];
  return (
    <section class="panel full" aria-labelledby="matrix-title">
      <div class="panel-head">
        <h2 id="matrix-title">Breakers and suspicion</h2>
        <p class="hint">a row says how that node sees the others; choose a cell for its methods</p>
      </div>
      <div class="table-scroll">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">
                <span class="corner">from ↓ about →</span>
              </th>
              {nodes.map(({ id }) => (
                <th key={id} scope="col">
                  {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map((from) => (
              <tr key={from.id}>
                <th scope="row">{from.id}</th>
                {nodes.map(({ id }) => (
                  <td key={id}>
                    {id === from.id ? <span class="self">–</span> : <Cell from={from} peer={id} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="legend">
        {(['well', 'trial', 'doubt', 'refused', 'unknown'] as const).map((look) => (
          <li key={look}>
            <LookSign look={look} /> {linkMeanings[look]}
          </li>
        ))}
      </ul>
      <Methods nodes={nodes} />
    </section>
  );
}

function Cell({ from, peer }: { readonly from: NodeView; readonly peer: string }) {
  const health = healthOf(from, peer);
  const look = lookOfHealth(health);
  const isChosen = chosen.value.from === from.id && chosen.value.peer === peer;
  return (
    <button
      type="button"
      class={`cell-button ${look}`}
      aria-pressed={isChosen}
      onClick={() => {
        chosen.value = { from: from.id, peer };
      }}
    >
      <LookSign look={look} />
      <span>
        <b>{words[look]}</b>
        <small>{health === undefined ? '–' : `φ ${phiText(health.phi)}`}</small>
      </span>
    </button>
  );
}

/** The breaker of each method of the chosen pair. */
function Methods({ nodes }: { readonly nodes: readonly NodeView[] }) {
  const { from, peer } = chosen.value;
  const node = nodes.find(({ id }) => id === from);
  const health = node === undefined ? undefined : healthOf(node, peer);
  return (
    <div class="methods" role="status">
      <h3>
        {from} about {peer}
      </h3>
      {health === undefined ? (
        <p class="empty">{from} says nothing now.</p>
      ) : (
        <dl>
          <div>
            <dt>heartbeats</dt>
            <dd>
              {health.isSuspected ? 'suspected' : 'trusted'}, φ {phiText(health.phi)}
            </dd>
          </div>
          {Object.entries(health.breakers).map(([method, state]) => (
            <div key={method}>
              <dt>{method}</dt>
              <dd>
                {state === 'halfOpen' ? 'half-open' : state}
                <small>{figuresText(health.methods?.[method])}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

/** How many of its calls failed, and when the next one is tried. */
function figuresText(figures: BreakerFigures | undefined): string {
  if (figures === undefined) return '';
  const { callCount, failureRate, trialInMs } = figures;
  const failed = failureRate === null ? '' : `${(failureRate * 100).toFixed(0)}% of `;
  const trial = trialInMs === null ? '' : `, next trial in ${milliseconds(trialInMs)}`;
  return ` ${failed}${count(callCount)} calls${failed === '' ? '' : ' failed'}${trial}`;
}
