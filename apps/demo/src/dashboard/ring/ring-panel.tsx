import { useEffect } from 'preact/hooks';

import type { MovePreview, RingPlan } from '../../placement/ring-plan.ts';
import { count } from '../format.ts';
import { nodeLine } from '../node-colours.ts';
import { change, followRing, plan } from './ring-state.ts';

const sizePx = 300;
const outerPx = 140;
const stepPx = 13;

/** The arcs of each node on a circle of its own, its load, and what a change would move. */
export function RingPanel() {
  useEffect(followRing, []);
  const shown = plan.value;
  return (
    <section class="panel" aria-labelledby="ring-title">
      <div class="panel-head">
        <h2 id="ring-title">The ring</h2>
        <p class="hint">a board is at one place; the next three nodes clockwise have it</p>
      </div>
      {shown === undefined ? (
        <p class="empty">No node has said yet who the members are.</p>
      ) : (
        <div class="ring-plan">
          <Arcs plan={shown} />
          <div>
            <Loads plan={shown} />
            <Preview plan={shown} />
          </div>
        </div>
      )}
    </section>
  );
}

function Arcs({ plan: { members, arcs } }: { readonly plan: RingPlan }) {
  const radiusOf = (owner: number): number => outerPx - owner * stepPx;
  const paths = members.map((_, owner) =>
    arcs
      .map((arc, index) => ({ ...arc, start: arcs.at(index - 1)?.end ?? 0 }))
      .filter((arc) => arc.owner === owner)
      .map(({ start, end }) => arcPath(radiusOf(owner), start, end < start ? end + 1 : end))
      .join(''),
  );
  return (
    <svg
      class="arcs"
      viewBox={`${-sizePx / 2} ${-sizePx / 2} ${sizePx} ${sizePx}`}
      role="img"
      aria-label="Arcs of the ring, one circle for each node; the table has the figures"
    >
      {members.map(({ id }, owner) => (
        <g key={id}>
          <title>{id}</title>
          <circle r={radiusOf(owner)} />
          <path d={paths[owner]} stroke={`var(${nodeLine(id, owner).colour})`} />
          <text x="3" y={-radiusOf(owner) + 4}>
            {id}
          </text>
        </g>
      ))}
    </svg>
  );
}

function arcPath(radius: number, start: number, end: number): string {
  const point = (at: number): string => {
    const angle = (at - 0.25) * 2 * Math.PI;
    return `${(radius * Math.cos(angle)).toFixed(1)} ${(radius * Math.sin(angle)).toFixed(1)}`;
  };
  const isLong = end - start > 0.5 ? 1 : 0;
  return `M${point(start)}A${radius} ${radius} 0 ${isLong} 1 ${point(end)}`;
}

function Loads({ plan: { members, copiesMax } }: { readonly plan: RingPlan }) {
  const most = Math.max(1, copiesMax, ...members.map(({ copyCount }) => copyCount));
  return (
    <div class="table-scroll">
      <table class="bars loads">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Of the circle</th>
            <th scope="col">Copies, at most {count(copiesMax)}</th>
          </tr>
        </thead>
        <tbody>
          {members.map(({ id, share, pointCount, copyCount }) => (
            <tr key={id}>
              <th scope="row">{id}</th>
              <td>
                {percent(share)} <small>{count(pointCount)} points</small>
              </td>
              <td>
                <span class="load">
                  <span class="bar" style={{ width: `${(copyCount / most) * 100}%` }} />
                  <i style={{ left: `${(copiesMax / most) * 100}%` }} title="1.25 times the mean" />
                </span>
                {count(copyCount)} {copyCount > copiesMax ? '▲ above' : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">The bound is 1.25 times the mean; many boards come nearer to it than few.</p>
    </div>
  );
}

function Preview({ plan: { members, preview } }: { readonly plan: RingPlan }) {
  const free = nextName(members.map(({ id }) => id));
  return (
    <div class="preview">
      <label>
        What if{' '}
        <select
          value={change.value}
          onChange={(event: Event) => {
            if (event.target instanceof HTMLSelectElement) change.value = event.target.value;
          }}
        >
          <option value="">nothing changed</option>
          <option value={`add=${free}`}>{free} came</option>
          {members.length < 2
            ? undefined
            : members.map(({ id }) => (
                <option key={id} value={`remove=${id}`}>
                  {id} left
                </option>
              ))}
        </select>
      </label>
      <p role="status">{preview === null ? '' : sentenceOf(preview)}</p>
    </div>
  );
}

function sentenceOf({ kind, node, movedShare, idealShare, movedBoards }: MovePreview): string {
  const moves = `moves ${percent(movedShare)} of the copies; ideal ${percent(idealShare)}`;
  const who = kind === 'add' ? `${node} comes` : `${node} leaves`;
  const now = `${count(movedBoards.length)} of the boards there are get another holder`;
  return `${who}: ${moves}. ${now}.`;
}

function nextName(ids: readonly string[]): string {
  let number = ids.length + 1;
  while (ids.includes(`n${number}`)) number += 1;
  return `n${number}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
