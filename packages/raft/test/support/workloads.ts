import type { Workload } from '@quorate/simulation';

import { raftWorkload } from './raft-workload.ts';
import { sessionWorkload } from './session-workload.ts';

/** What `pnpm soak` runs random swarms over. */
export const workloads: readonly Workload[] = [raftWorkload(), sessionWorkload()];
