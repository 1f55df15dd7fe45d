import type { Place } from './outcome.ts';
/** x */
export interface Exception { readonly state: readonly Place[]; readonly output: readonly Place[]; }
