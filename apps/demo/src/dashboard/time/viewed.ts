import { signal } from '@preact/signals';

/** The time that the screens show, by the clock of the charts; undefined: now. */
export const viewedMs = signal<number | undefined>(undefined);
