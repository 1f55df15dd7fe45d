/** Where a hint stands. */
export interface Place {
  /** On which side of its anchor; 'apart' if that cannot be seen. */
  readonly side: 'below' | 'above' | 'apart';
  readonly left: number;
  /** Of its upper edge, or of its lower one if it is above or apart. */
  readonly top: number;
  /** Of its tip, from its left edge. */
  readonly tip: number;
}

/** Widths and distances of hints, in px; the style sheet has the same width. */
const width = 300;
const height = 130;
const gap = 12;
const margin = 12;

/** A place for a hint below its anchor, above it if there is no room, within the window. */
export function placeBeside(
  anchor: Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'> | undefined,
  window: { readonly width: number; readonly height: number },
): Place {
  const middle = anchor ? (anchor.left + anchor.right) / 2 : window.width / 2;
  const leftMax = Math.max(margin, window.width - width - margin);
  const left = Math.round(Math.min(leftMax, Math.max(margin, middle - width / 2)));
  const tip = Math.round(Math.min(width - 24, Math.max(24, middle - left)));
  const isSeen = anchor !== undefined && anchor.bottom > 0 && anchor.top < window.height;
  if (isSeen && anchor.bottom + gap + height < window.height) {
    return { side: 'below', left, top: Math.round(anchor.bottom + gap), tip };
  }
  if (isSeen && anchor.top - gap - height > 0) {
    return { side: 'above', left, top: Math.round(anchor.top - gap), tip };
  }
  return { side: 'apart', left: leftMax, top: window.height - 80, tip };
}
