import { CrdtsError } from '@quorate/crdts';

import type { BoardAnswer } from './board-messages.ts';

/** Why a board would not do something, if it would not; nothing has changed then. */
export function refused(
  action: () => void,
): (BoardAnswer & { readonly kind: 'refused' }) | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) {
      return { kind: 'refused', reason: 'misfit', detail: error.message };
    }
    if (!(error instanceof CrdtsError)) throw error;
    return { kind: 'refused', reason: 'damaged', detail: error.message };
  }
}
