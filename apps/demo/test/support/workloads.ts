import type { Workload } from '@quorate/simulation';

import { configWorkload } from './config-workload.ts';

/** What `pnpm soak` runs random swarms over. */
export const workloads: readonly Workload[] = [configWorkload({ read: 'index' })];
