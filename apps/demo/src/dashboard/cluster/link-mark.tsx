import type { NodeView } from '../../supervisor/cluster-view.ts';
import { healthOf, type LinkLook, lookOfHealth } from './links.ts';
import type { Point } from './ring-geometry.ts';

/** The node at one end of a link. */
export interface LinkEnd {
  readonly node: NodeView;
  readonly at: Point;
}

/** A link: each half as the node at its end sees the other one, and a gap where it is cut. */
export function LinkMark(props: {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly isCut: boolean;
}) {
  const { from, to, isCut } = props;
  const middle = between(from.at, to.at, 0.5);
  const angle = (Math.atan2(to.at.y - from.at.y, to.at.x - from.at.x) * 180) / Math.PI;
  return (
    <g class={isCut ? 'link cut' : 'link'}>
      <Half look={lookOfHealth(healthOf(from.node, to.node.id))} from={from.at} to={to.at} />
      <Half look={lookOfHealth(healthOf(to.node, from.node.id))} from={to.at} to={from.at} />
      {isCut ? (
        <g transform={`translate(${middle.x} ${middle.y}) rotate(${angle})`}>
          <rect x="-9" y="-16" width="18" height="32" class="gap" />
          <path d="M -6 -16 L -2 -5 L -8 5 L -4 16 M 5 -16 L 9 -5 L 3 5 L 7 16" />
        </g>
      ) : undefined}
    </g>
  );
}

function Half(props: { readonly look: LinkLook; readonly from: Point; readonly to: Point }) {
  const { look, from, to } = props;
  const middle = between(from, to, 0.5);
  const sign = between(from, to, 0.3);
  return (
    <g class={`half ${look}`}>
      <line x1={from.x} y1={from.y} x2={middle.x} y2={middle.y} />
      {look === 'refused' ? (
        <g class="refusal" transform={`translate(${sign.x} ${sign.y})`}>
          <circle r="8" />
          <path d="M-5 0H5" />
        </g>
      ) : undefined}
    </g>
  );
}

function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
