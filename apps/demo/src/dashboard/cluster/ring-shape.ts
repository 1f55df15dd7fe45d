import { signal } from '@preact/signals';

import { narrowRing, ring, type RingShape } from './ring-geometry.ts';

const isNarrow = matchMedia('(max-width: 640px)');

/** The shape of the ring that fits the window. */
export const shape = signal<RingShape>(isNarrow.matches ? narrowRing : ring);

isNarrow.addEventListener('change', ({ matches }) => {
  shape.value = matches ? narrowRing : ring;
});
