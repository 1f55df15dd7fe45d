import type { NodeView } from '../../supervisor/cluster-view.ts';
import { selectedId, view } from '../feed.ts';
import { count, phiText, roleOf } from '../format.ts';
import { healthOf, phiAbout, phiSuspected } from './links.ts';
import { angleOf, labelOffset, type Point, ring } from './ring-geometry.ts';
import { shape } from './ring-shape.ts';
import { chosen } from './tools/armed.ts';
import { pointAtNode, useOnChosen } from './tools/use-tool.ts';

/** A node and its place on the ring. */
export interface PlacedNode {
  readonly node: NodeView;
  readonly at: Point;
}

/** A node on the ring: its role and term, how each of the others suspects it, and what it has. */
export function NodeMark({ node, at, others }: PlacedNode & { readonly others: PlacedNode[] }) {
  const role = roleOf(node);
  const raft = node.process === 'running' && role !== 'failed' ? node.status?.raft : undefined;
  const phi = phiAbout(view.value?.nodes ?? [], node.id);
  const label = `${node.id}, ${role}${raft ? `, term ${raft.term}` : ''}, φ ${phiText(phi)}`;
  const isSelected = node.id === selectedId.value;
  const isChosen = chosen.value.includes(node.id);
  return (
    <g
      class={`node ${role}${isSelected ? ' selected' : ''}${isChosen ? ' chosen' : ''}`}
      transform={`translate(${at.x} ${at.y})`}
      role="button"
      tabindex={0}
      data-node={node.id}
      aria-pressed={isSelected || isChosen}
      aria-label={label}
      onClick={() => {
        pointAtNode(node.id);
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter' && chosen.value.length > 0) useOnChosen();
        else if (event.key === 'Enter' || event.key === ' ') pointAtNode(node.id);
        else return;
        event.preventDefault();
      }}
    >
      <circle class="halo" r={ring.nodeRadius + 13} />
      {others.map((other) => (
        <Suspicion
          key={other.node.id}
          phi={healthOf(other.node, node.id)?.phi}
          angle={angleOf(at, other.at)}
          spanDegrees={130 / (others.length + 1)}
        />
      ))}
      <circle class="body" r={ring.nodeRadius} />
      {role === 'leader' ? (
        <path class="crown" d="M-15 -41 l-5 -19 l12 8 l8 -14 l8 14 l12 -8 l-5 19 z" />
      ) : undefined}
      <text class="name" y={raft === undefined ? 1 : 3}>
        {node.id}
      </text>
      {raft === undefined ? (
        <NodeSign role={role} />
      ) : (
        <text class="term" y="19">
          term {raft.term}
        </text>
      )}
      <g transform={`translate(0 ${labelOffset(at, role === 'leader', shape.value)})`}>
        <text class="role">{role}</text>
        <text class="below" y="15">
          {belowText(node)}
        </text>
      </g>
    </g>
  );
}

/** How one other node suspects this one, on the side where it stands: full is suspected. */
function Suspicion(props: {
  readonly phi: number | undefined;
  readonly angle: number;
  readonly spanDegrees: number;
}) {
  const { phi = 0, angle, spanDegrees } = props;
  const radius = ring.nodeRadius + 7;
  const arc = (degrees: number): string => {
    const half = (degrees * Math.PI) / 360;
    const [x, y] = [radius * Math.cos(half), radius * Math.sin(half)];
    return `M${x} ${-y} A${radius} ${radius} 0 0 1 ${x} ${y}`;
  };
  const share = Math.min(1, phi / phiSuspected);
  return (
    <g class={share === 1 ? 'phi full' : 'phi'} transform={`rotate(${angle})`}>
      <path class="track" d={arc(spanDegrees)} />
      {share > 0.06 ? <path d={arc(spanDegrees * share)} /> : undefined}
    </g>
  );
}

function belowText({ process, status }: NodeView): string {
  if (process !== 'running' || status === null) return process === 'stopped' ? 'disk kept' : '';
  const { raft, boards } = status;
  if (raft.leaderId === null) return 'no quorum: keys read-only';
  const { copyCount } = boards;
  const boardText = copyCount === 1 ? '1 board' : `${count(copyCount)} boards`;
  return `${count(raft.commitIndex)} committed · ${boardText}`;
}

/** A shape for each state that is no role, so that colour is not needed to tell them. */
function NodeSign({ role }: { readonly role: string }) {
  if (role === 'paused') return <path class="sign" d="M-7 10 h5 v12 h-5 z M2 10 h5 v12 h-5 z" />;
  if (role === 'stopped' || role === 'failed')
    return <path class="sign-line" d="M-6 11 L6 22 M6 11 L-6 22" />;
  return null;
}
