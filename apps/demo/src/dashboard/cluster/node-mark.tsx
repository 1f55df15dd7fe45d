import type { NodeView } from '../../supervisor/cluster-view.ts';
import { selectedId, view } from '../feed.ts';
import { count, phiText, roleOf } from '../format.ts';
import { phiAbout, phiSuspected } from './links.ts';
import { labelOffset, narrowRing, type Point, ring } from './ring-geometry.ts';
import { shape } from './ring-shape.ts';

/** A node on the ring: its role, how others suspect it, and what it has. */
export function NodeMark({ node, at }: { readonly node: NodeView; readonly at: Point }) {
  const role = roleOf(node);
  const isSelected = node.id === selectedId.value;
  const phi = phiAbout(view.value?.nodes ?? [], node.id);
  const select = (): void => {
    selectedId.value = node.id;
  };
  const raft = node.status?.raft;
  const label = `${node.id}, ${role}${raft ? `, term ${raft.term}` : ''}, φ ${phiText(phi)}`;
  return (
    <g
      class={`node ${role}${isSelected ? ' selected' : ''}`}
      transform={`translate(${at.x} ${at.y})`}
      role="button"
      tabindex={0}
      aria-pressed={isSelected}
      aria-label={label}
      onClick={select}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter' || event.key === ' ') select();
      }}
    >
      <circle class="halo" r={ring.nodeRadius + 13} />
      <circle class="body" r={ring.nodeRadius} />
      <PhiRing phi={phi} />
      {role === 'leader' ? (
        <path class="crown" d="M-17 -45 l-5 -21 l13 9 l9 -15 l9 15 l13 -9 l-5 21 z" />
      ) : undefined}
      <text class="name" y="-4">
        {node.id}
      </text>
      <text class="role" y="14">
        {role}
      </text>
      <NodeSign role={role} />
      <text class="below" y={labelOffset(at, role === 'leader', shape.value)}>
        {belowText(node, phi)}
      </text>
    </g>
  );
}

/** How much of the suspicion that a node can bear is there: a full circle is suspected. */
function PhiRing({ phi }: { readonly phi: number }) {
  const radius = ring.nodeRadius + 6;
  const length = 2 * Math.PI * radius;
  const part = Math.min(phi / phiSuspected, 1) * length;
  return (
    <g class={phi >= phiSuspected ? 'phi full' : 'phi'} transform="rotate(-90)">
      <circle class="track" r={radius} />
      {part > 1 ? <circle r={radius} stroke-dasharray={`${part} ${length}`} /> : undefined}
    </g>
  );
}

function belowText({ status }: NodeView, phi: number): string {
  const parts =
    status === null
      ? []
      : shape.value === narrowRing
        ? [`${count(status.boards.copyCount)} boards`]
        : [
            `committed ${count(status.raft.commitIndex)}`,
            `${count(status.boards.copyCount)} boards`,
          ];
  if (phi >= 1) parts.push(`φ ${phiText(phi)}`);
  return parts.join(' · ');
}

/** A shape for each state that is no role, so that colour is not needed to tell them. */
function NodeSign({ role }: { readonly role: string }) {
  if (role === 'paused') return <path class="sign" d="M-7 20 h5 v11 h-5 z M2 20 h5 v11 h-5 z" />;
  if (role === 'stopped' || role === 'failed')
    return <path class="sign-line" d="M-6 20 L6 31 M6 20 L-6 31" />;
  return null;
}
