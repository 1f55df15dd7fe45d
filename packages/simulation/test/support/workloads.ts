import type { Workload } from '../../src/index.ts';
import { channelWorkload } from './channel-workload.ts';
import { logWorkload } from './log-workload.ts';
import { requesterWorkload } from './requester-workload.ts';

/** What `pnpm soak` runs random swarms over. */
export const workloads: readonly Workload[] = [logWorkload, requesterWorkload, channelWorkload];
