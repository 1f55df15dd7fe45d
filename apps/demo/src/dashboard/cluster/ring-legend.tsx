import { linkMeanings } from './links.ts';
import { legend, type MessageLook } from './message-kinds.ts';

/** What dots, lines and arcs of the ring mean. */
export function RingLegend() {
  return (
    <div class="legends">
      <ul class="legend" aria-label="Messages">
        {legend.map((look) => (
          <li key={look.label}>
            <Swatch look={look} /> {look.label}
          </li>
        ))}
        <li>
          <span class="cross">✕</span> not delivered
        </li>
      </ul>
      <ul class="legend" aria-label="Links, each half as the node at its end sees the other">
        {(['well', 'trial', 'doubt', 'refused'] as const).map((look) => (
          <li key={look}>
            <svg viewBox="0 0 30 12" width="26" height="12" aria-hidden="true" class="link">
              <g class={`half ${look}`}>
                <line x1="0" y1="6" x2="30" y2="6" />
              </g>
            </svg>
            {linkMeanings[look]}
          </li>
        ))}
        <li>
          <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true" class="node">
            <circle class="rim" r="6" />
            <path class="wait" d="M0 -6 A6 6 0 1 1 -6 0" />
          </svg>
          waits so long for a leader
        </li>
        <li>
          <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true" class="node">
            <g class="phi">
              <path class="track" d="M-6 4 A6 6 0 0 1 6 4" transform="translate(0 2)" />
              <path d="M-4 -2 A6 6 0 0 1 4 -2" transform="translate(0 2)" />
            </g>
          </svg>
          φ of one peer: full is suspected
        </li>
      </ul>
    </div>
  );
}

/** The shape of a message. */
export function Swatch({ look }: { readonly look: MessageLook }) {
  const fill = `var(${look.colour})`;
  return (
    <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true">
      {look.shape === 'disc' ? <circle r="5.5" fill={fill} /> : undefined}
      {look.shape === 'dot' ? <circle r="3" fill={fill} /> : undefined}
      {look.shape === 'ring' ? (
        <circle r="4" fill="none" stroke={fill} stroke-width="2" />
      ) : undefined}
      {look.shape === 'square' ? (
        <rect x="-4.5" y="-4.5" width="9" height="9" fill={fill} />
      ) : undefined}
      {look.shape === 'triangle' ? <path d="M0 -6 L6.5 5 L-6.5 5 Z" fill={fill} /> : undefined}
      {look.shape === 'diamond' ? <path d="M0 -7 L7 0 L0 7 L-7 0 Z" fill={fill} /> : undefined}
    </svg>
  );
}
