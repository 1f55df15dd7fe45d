import type { LinkFault } from '../../supervisor/link-faults.ts';
import { healthOf, type LinkLook, lookOfHealth } from './links.ts';
import type { PlacedNode } from './node-mark.tsx';
import { angleOf, between, type Point } from './ring-geometry.ts';
import { armed } from './tools/armed.ts';
import { useOnLink } from './tools/use-tool.ts';

/** Where a half that is cut ends, as a share of the way. */
const stubShare = 0.3;

/** A link: each half as the node at its end sees the other one, and what is wrong with it. */
export function LinkMark(props: {
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  /** Whether a partition runs between them. */
  readonly isCut: boolean;
  /** What is wrong in either direction. */
  readonly faults: readonly LinkFault[];
}) {
  const { from, to, isCut, faults } = props;
  const isCutFrom = (id: string): boolean =>
    isCut || faults.some((fault) => fault.kind === 'cut' && fault.from === id);
  const words = faults.filter(({ kind }) => kind !== 'cut').map(shortText);
  const half = (near: PlacedNode, other: PlacedNode) => (
    <Half
      look={lookOfHealth(healthOf(near.node, other.node.id))}
      isCut={isCutFrom(near.node.id)}
      from={near.at}
      to={other.at}
    />
  );
  const isBroken = isCutFrom(from.node.id) || isCutFrom(to.node.id);
  const middle = between(from.at, to.at, 0.5);
  return (
    <g class={isBroken ? 'link cut' : 'link'}>
      {half(from, to)}
      {half(to, from)}
      {words.length === 0 ? undefined : (
        <text class="fault-text" x={middle.x} y={middle.y + 4}>
          {[...new Set(words)].join(' ')}
        </text>
      )}
      {armed.value?.takes === 'link' ? (
        <line
          class="hit"
          {...{ x1: from.at.x, y1: from.at.y, x2: to.at.x, y2: to.at.y }}
          onClick={() => {
            useOnLink(from.node.id, to.node.id);
          }}
        />
      ) : undefined}
    </g>
  );
}

function Half(props: {
  readonly look: LinkLook;
  readonly isCut: boolean;
  readonly from: Point;
  readonly to: Point;
}) {
  const { look, isCut, from, to } = props;
  const end = between(from, to, isCut ? stubShare : 0.5);
  const sign = between(from, to, stubShare);
  return (
    <g class={`half ${look}${isCut ? ' stub' : ''}`}>
      <line x1={from.x} y1={from.y} x2={end.x} y2={end.y} />
      {isCut ? (
        <path
          class="cap"
          d="M0 -8V8"
          transform={`translate(${end.x} ${end.y}) rotate(${angleOf(from, to)})`}
        />
      ) : look === 'refused' ? (
        <g class="refusal" transform={`translate(${sign.x} ${sign.y})`}>
          <circle r="7" />
          <path d="M-4 0H4" />
        </g>
      ) : undefined}
    </g>
  );
}

/** What is wrong with a link, as short as can be. */
function shortText(fault: LinkFault): string {
  switch (fault.kind) {
    case 'slow':
      return `+${fault.latencyMs} ms`;
    case 'drop':
      return `−${Math.round(fault.share * 100)} %`;
    case 'duplicate':
      return `×2 ${Math.round(fault.share * 100)} %`;
    case 'cut':
      return '';
  }
}
