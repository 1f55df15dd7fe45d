import type { LinkLook } from '../cluster/links.ts';

const paths: Readonly<Record<LinkLook, string>> = {
  // A disc, half a disc, a triangle, a bar across a square, and a dot.
  well: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z',
  trial: 'M8 1.5a6.5 6.5 0 1 0 0 13z',
  doubt: 'M8 1.5L15 14H1z',
  refused: 'M1.5 1.5h13v13h-13zM4 6.7v2.6h8V6.7z',
  unknown: 'M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z',
};

/** A shape for how a link looks. */
export function LookSign({ look }: { readonly look: LinkLook }) {
  return (
    <svg class={`look ${look}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {look === 'trial' ? <circle cx="8" cy="8" r="5.8" class="outline" /> : undefined}
      <path d={paths[look]} fill-rule="evenodd" />
    </svg>
  );
}
