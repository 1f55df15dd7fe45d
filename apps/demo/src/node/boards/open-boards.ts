/** Boards, and what they stand on: copies, their placement, and requests to their owners. */
import { RetryBudget } from '@quorate/circuit-breaker';
import type { NodeId } from '@quorate/transport';

import { OwnerRequests, retryBounds } from '../../limits/owner-requests.ts';
import { limitNotices } from '../../observe/limit-notices.ts';
import type { BoardFigures } from '../../observe/node-status.ts';
import { BoardOwners } from '../../placement/board-owners.ts';
import type { Roster } from '../control/roster.ts';
import type { BoardDirectory } from '../gateway/board-directory.ts';
import type { Surroundings } from '../surroundings.ts';
import { BoardHost } from './board-host.ts';
import { BoardService } from './board-service.ts';
import { Shards } from './shards.ts';

/** What boards need besides the surroundings. */
export interface BoardsOptions {
  /** The nodes that found the cluster. */
  readonly voters: readonly NodeId[];
  /** How many nodes hold each board. Default 3. */
  readonly replicaCount?: number;
  /** Times its fair share that an owner may have under way at a gateway. Default 1.25. */
  readonly loadFactor?: number | undefined;
  /** Who holds boards. */
  readonly roster: Pick<Roster, 'membership'>;
  /** Told of each board of which there is a copy here. */
  readonly directory: BoardDirectory;
}

/** The boards of a node. */
export interface Boards {
  readonly host: BoardHost;
  readonly owners: BoardOwners;
  readonly shards: Shards;
  readonly service: BoardService;
  readonly figures: () => BoardFigures;
  readonly close: () => Promise<void>;
}

/** Opens the copies that the disk has, and looks after them from now on. */
export async function openBoards(
  { voters, replicaCount, loadFactor, roster, directory }: BoardsOptions,
  { transport, disk, clock, random, calls, requestTimeoutMs, onNotice }: Surroundings,
): Promise<Boards> {
  const { requester, isAvailable } = calls;
  const { localId } = transport;
  const owners = new BoardOwners({
    ...{ localId, clock, membership: () => roster.membership },
    ...(replicaCount !== undefined && { replicaCount }),
  });
  const notice = limitNotices(onNotice, clock);
  const host = await BoardHost.open({
    ...{ disk, transport, clock, random, peers: voters },
    keeps: (boardId) => owners.includes(boardId),
    onHold: (boardId) => directory.add(boardId),
    onError: (boardId, error) => {
      const kind = error instanceof Error ? error.name : 'error';
      notice(kind, `board ${boardId}: ${String(error)}`);
    },
  });
  const shards = new Shards({ host, owners, requester, clock });
  const budget = new RetryBudget(retryBounds);
  const requests = new OwnerRequests({ budget, clock, loadFactor });
  const service = new BoardService({
    ...{ requests, host, owners, shards, localId, requester, clock, isAvailable, requestTimeoutMs },
    announced: () => directory.announced(),
  });
  const figures = (): BoardFigures => {
    const { epoch, members } = roster.membership;
    return {
      replicaCount: owners.replicaCount,
      copyCount: host.boardIds.length,
      underReplicatedCount: shards.underReplicatedCount(),
      epoch,
      members: members.map(({ id }) => id),
      requests: requests.figures(),
      digests: host.digests(),
      filter: directory.figures(),
      leavingCount: shards.leavingCount(),
    };
  };
  const close = async (): Promise<void> => {
    service.close();
    shards.close();
    await host.close();
  };
  return { host, owners, shards, service, figures, close };
}
