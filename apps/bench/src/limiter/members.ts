import type { Placement } from '@quorate/rate-limiter/cluster';
import { nodeId } from '@quorate/transport';

/** Both members say it when they meet. */
export const clusterId = 'bench-limits';

/** Counts every key. */
export const ownerId = nodeId('owner');

/** Is measured. */
export const askerId = nodeId('asker');

/** No key is owned by who is measured: what it does not lease it has to ask for. */
export const ownedElsewhere: Placement = { ownerOf: () => ownerId, memberCount: 2 };
