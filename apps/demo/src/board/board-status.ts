/** How an incident stands. Of two who set it at once one wins; the other is in the conflicts. */
export const boardStatuses = ['investigating', 'identified', 'monitoring', 'resolved'] as const;

/** One of them. */
export type BoardStatus = (typeof boardStatuses)[number];
