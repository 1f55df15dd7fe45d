/**
 * What can be done with boards, from whichever node a client reached.
 *
 * A request goes to the owners of its board, in their order, past those that are suspected. The one
 * that carries it out answers when the change is on its disk and on that of a second owner: then
 * no single loss takes it back. An owner that finds no second one keeps the change and says that
 * it could not confirm it; the others get it when they come back. So boards can be edited on every
 * side of a partition that has an owner, and merge afterwards.
 *
 * A request counts once, whoever carries it out and how often: see requests.ts.
 */
import { ShardedRequester } from '@quorate/consistent-hashing/sharding';
import {
  type Clock,
  type NodeId,
  type Requester,
  RequestRefusedError,
  type Timer,
} from '@quorate/transport';
import { fromBase64, toBase64 } from '../../base64.ts';
import type { BoardAccess, BoardNews, BoardOutcome } from '../../board/board-access.ts';
import { type BoardOperation, type RequestStamp, viewOf } from '../../board/board.ts';
import type { BoardHost, HostedBoard } from './board-host.ts';
import {
  type BoardAnswer,
  boardAnswerCodec,
  type BoardCommand,
  boardCommandCodec,
  pullCodec,
  pulledCodec,
} from '../../board/board-messages.ts';
import { refused } from '../../board/refused.ts';
import { haveSettled } from '../../have-settled.ts';
import type { OwnerRequests } from '../../limits/owner-requests.ts';
import type { BoardOwners } from '../../placement/board-owners.ts';
import type { Shards } from './shards.ts';

/** What the service needs of its surroundings. */
export interface BoardServiceOptions {
  readonly host: BoardHost;
  readonly owners: BoardOwners;
  readonly shards: Shards;
  readonly localId: NodeId;
  readonly requester: Requester;
  readonly clock: Clock;
  /** Whether to ask an owner at all. */
  readonly isAvailable: (owner: NodeId) => boolean;
  /** Settles once no node denies a board any more that is held here. */
  readonly announced: () => Promise<void>;
  /** How long a client waits for an outcome, in ms. More than 0. */
  readonly requestTimeoutMs: number;
  /** How much is asked of each owner. */
  readonly requests: OwnerRequests;
}

/** Of the time that a client waits, the part that one owner may take, its answer's way included. */
const OWNER_SHARE = 0.45;
const ANSWER_SHARE = 0.05;
/** What others may take to say what they have, or to confirm a change while they look dead. */
const SECOND_OWNER_SHARE = 0.15;

/** All changes of so many ms are told at once. */
const WATCH_MS = 30;
/** How often an owner is asked whether a board is gone that is watched without a copy, in ms. */
const GONE_MS = 2_000;

const askMethod = 'boards/ask';
const pullMethod = 'boards/pull';

/** A change of a copy here, and until when it is to be confirmed. */
interface PendingChange {
  readonly boardId: string;
  readonly copy: HostedBoard;
  readonly untilMs: number;
}

/** Boards, wherever they are. */
export class BoardService implements BoardAccess {
  readonly #options: BoardServiceOptions;
  readonly #sharded: ShardedRequester;
  readonly #stops: readonly (() => void)[];

  constructor(options: BoardServiceOptions) {
    const { owners, localId, requester, clock, isAvailable, requests } = options;
    const { loadBound, mayRetry, onAsk, onOutcome } = requests;
    const { placement, replicaCount } = owners;
    this.#options = options;
    this.#sharded = new ShardedRequester({
      ...{ requester, localId, clock, isAvailable, placement, replicaCount },
      ...{ loadBound, mayRetry, onAsk, onOutcome },
      refresh: () => Promise.resolve(owners.placement),
    });
    this.#stops = [
      this.#sharded.serve(askMethod, async (payload, { key }) => {
        const boardId = new TextDecoder().decode(key);
        const command = boardCommandCodec.decode(payload);
        return boardAnswerCodec.encode(await this.#answer(boardId, command));
      }),
      requester.serve(pullMethod, async (payload) => {
        const { boardId, since } = pullCodec.decode(payload.slice());
        const copy = await options.host.get(boardId);
        const updates = copy?.board.updatesSince(fromBase64(since)).map(toBase64) ?? [];
        const deletedBy = options.host.tombstones.keysOf(boardId)?.slice();
        return pulledCodec.encode({ updates, ...(deletedBy && { deletedBy }) });
      }),
    ];
  }

  /** Has one of the owners carry out `command`. Never rejects. */
  async ask(boardId: string, command: BoardCommand): Promise<BoardOutcome> {
    const { owners, requestTimeoutMs } = this.#options;
    this.#sharded.setPlacement(owners.placement);
    const isRead = command.kind === 'read' || command.kind === 'sync';
    try {
      const { payload, owner } = await this.#sharded.request(
        boardId,
        askMethod,
        boardCommandCodec.encode(command),
        {
          timeoutMs: requestTimeoutMs,
          attemptTimeoutMs: requestTimeoutMs * OWNER_SHARE,
          isIdempotent: true,
        },
      );
      return { ...boardAnswerCodec.decode(payload), owner };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: isRead || isDefinite(error) ? 'unreachable' : 'unknown', detail };
    }
  }

  /** Whether it is known here that a board was deleted. */
  isDeleted(boardId: string): boolean {
    return this.#options.host.tombstones.keysOf(boardId) !== undefined;
  }

  /**
   * Tells of a board as it changes, beginning with what the holder of version `since` lacks.
   *
   * @param end - Called once the board is known to be deleted: nothing more comes.
   * @returns Ends it.
   * @throws CrdtsError if `since` is no version of the board.
   */
  watch(
    boardId: string,
    since: string,
    send: (news: BoardNews) => void,
    end: () => void,
  ): () => void {
    const { host, clock } = this.#options;
    let known = fromBase64(since);
    let timer: Timer | undefined;
    const tell = (): void => {
      timer = undefined;
      if (this.isDeleted(boardId)) {
        end();
        return;
      }
      const board = watching.board();
      const updates = board.updatesSince(known).map(toBase64);
      if (updates.length === 0) return;
      known = board.encodeVersion();
      send({ updates, version: toBase64(known) });
    };
    const watching = host.watch(boardId, () => {
      timer ??= clock.setTimer(WATCH_MS, tell);
    });
    const lookLater = (): Timer =>
      clock.setTimer(GONE_MS, () => {
        looking = lookLater();
        void this.#hearIfGone(boardId, watching.board().encodeVersion());
      });
    let looking = lookLater();
    const stop = (): void => {
      for (const each of [timer, looking]) each?.cancel();
      watching.stop();
    };
    try {
      tell();
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  /** Takes no more requests from other nodes. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  async #answer(boardId: string, command: BoardCommand): Promise<BoardAnswer> {
    if (command.kind === 'delete') return await this.#delete(boardId, command.stamp.key);
    if (this.isDeleted(boardId)) return { kind: 'deleted' };
    const { clock, requestTimeoutMs } = this.#options;
    const untilMs = clock.nowMs() + requestTimeoutMs * (OWNER_SHARE - ANSWER_SHARE);
    try {
      const answer = await this.#carryOut(boardId, command, untilMs);
      return this.isDeleted(boardId) ? { kind: 'deleted' } : answer;
    } catch (error) {
      // The copy was given up meanwhile.
      if (this.isDeleted(boardId)) return { kind: 'deleted' };
      throw error;
    }
  }

  async #delete(boardId: string, key: string): Promise<BoardAnswer> {
    const { host, shards } = this.#options;
    const keys = host.tombstones.keysOf(boardId);
    if (keys !== undefined && !keys.includes(key)) return { kind: 'deleted' };
    if (keys === undefined) {
      const found = await this.#find(boardId);
      if ('kind' in found) return found;
    }
    await host.bury(boardId, [key]);
    const needed = this.#majorityOf(boardId);
    const copies = await shards.bury(boardId);
    if (copies < needed) return { kind: 'unconfirmed' };
    return { kind: 'buried', copies, isNew: keys === undefined };
  }

  async #carryOut(
    boardId: string,
    command: Exclude<BoardCommand, { readonly kind: 'delete' }>,
    untilMs: number,
  ): Promise<BoardAnswer> {
    const { host, shards } = this.#options;
    if (command.kind === 'create') {
      const copy = await host.hold(boardId);
      await shards.assign([boardId]);
      const operations = [{ kind: 'setTitle' as const, title: command.title }];
      const change = { boardId, copy, untilMs };
      const answer = await this.#change(change, operations, command.stamp);
      if (answer.kind === 'done') await this.#options.announced();
      return answer;
    }
    const isQuorum = command.kind === 'read' && command.copies > 1;
    const copy = await this.#find(boardId);
    if ('kind' in copy) return copy;
    if (isQuorum && !(await this.#hearOthers(boardId, copy))) return { kind: 'alone' };
    switch (command.kind) {
      case 'read':
        return { kind: 'board', view: viewOf(copy.board), version: versionOf(copy) };
      case 'sync': {
        let updates: Uint8Array[] = [];
        const refusal = refused(() => {
          updates = copy.board.updatesSince(fromBase64(command.since));
        });
        if (refusal !== undefined) return refusal;
        return { kind: 'updates', updates: updates.map(toBase64), version: versionOf(copy) };
      }
      case 'change':
        return await this.#change({ boardId, copy, untilMs }, command.operations, command.stamp);
      case 'merge':
        return await this.#write({ boardId, copy, untilMs }, () =>
          copy.merge(fromBase64(command.update)),
        );
    }
  }

  /** The copy, if the board exists; after hearing others if it is not here yet. */
  async #find(
    boardId: string,
  ): Promise<HostedBoard | { readonly kind: 'missing' } | { readonly kind: 'alone' }> {
    const { host, shards } = this.#options;
    const here = await host.get(boardId);
    if (here !== undefined && here.board.eventCount > 0) return here;
    // The others may have been told of it when this owner could not be reached, or none was.
    const isHeard = await this.#hearOthers(boardId, here);
    const copy = await host.get(boardId);
    if (copy === undefined || copy.board.eventCount === 0) {
      return { kind: isHeard ? 'missing' : 'alone' };
    }
    await shards.assign([boardId]);
    return copy;
  }

  async #change(
    change: PendingChange,
    operations: readonly BoardOperation[],
    stamp: RequestStamp,
  ): Promise<BoardAnswer> {
    const { boardId, copy } = change;
    if (copy.requests.stateOf(stamp) === 'new') await this.#hearOthers(boardId, copy);
    const state = copy.requests.stateOf(stamp);
    if (state === 'reused') return { kind: 'reused' };
    const answer = await this.#write(change, () => {
      if (state === 'new') copy.requests.carryOut(operations, stamp);
    });
    return answer.kind === 'done' ? { ...answer, isNew: state === 'new' } : answer;
  }

  /** Makes a change, and waits until it is on the disks it must be on. */
  async #write(
    { boardId, copy, untilMs }: PendingChange,
    change: () => void,
  ): Promise<BoardAnswer> {
    const { host, owners, clock, isAvailable } = this.#options;
    if (!owners.includes(boardId)) {
      // What is here is handed over as it is: see shards.ts. The new owners may be asked.
      throw new RequestRefusedError('declined', `board ${boardId}: owned by others by now`);
    }
    const refusal = refused(change);
    if (refusal !== undefined) return refusal;
    const others = owners.othersOf(boardId);
    const count = this.#majorityOf(boardId) - 1;
    // Who asks again makes more work for those who are late already.
    const isWorthIt = others.filter(isAvailable).length >= count;
    const timeoutMs = isWorthIt ? Math.max(1, untilMs - clock.nowMs()) : this.#secondMs;
    const [, confirming] = await Promise.all([
      copy.flushed(),
      count === 0 ? [] : host.confirmed(boardId, others, { count, timeoutMs }),
    ]);
    const copies = 1 + confirming.length;
    if (confirming.length < count) return { kind: 'unconfirmed' };
    return { kind: 'done', version: versionOf(copy), copies, isNew: true };
  }

  /**
   * Brings what other owners have, from the first that answer and are a majority with this one, so
   * that all that was confirmed is among it; from all who may have something while boards move,
   * since a majority then need not know what was confirmed.
   *
   * @returns Whether so many answered; true if there is nobody else.
   */
  async #hearOthers(boardId: string, copy: HostedBoard | undefined): Promise<boolean> {
    const { host, owners, requester, isAvailable } = this.#options;
    const payload = pullCodec.encode({ boardId, since: copy === undefined ? '' : versionOf(copy) });
    const others = owners.otherHoldersOf(boardId);
    const asked = others.filter(isAvailable).map(async (holder) => {
      const options = { timeoutMs: this.#secondMs };
      const reply = await requester.request(holder, pullMethod, payload, options);
      const { updates, deletedBy } = pulledCodec.decode(reply);
      if (deletedBy !== undefined) await host.bury(boardId, deletedBy);
      else if (updates.length > 0) {
        const { merge } = copy ?? (await host.hold(boardId));
        for (const update of updates) merge(fromBase64(update));
      }
    });
    if (owners.isMoving) await Promise.allSettled(asked);
    const needed = Math.min(this.#majorityOf(boardId) - 1, others.length);
    return await haveSettled(asked, needed);
  }

  /** Copies that a change must be on: of three, no single loss takes it back. */
  #majorityOf(boardId: string): number {
    return Math.floor(this.#options.owners.of(boardId).length / 2) + 1;
  }

  /** Where no copy is kept, nobody else says that a board was deleted. */
  async #hearIfGone(boardId: string, version: Uint8Array): Promise<void> {
    const { host, owners, requester, isAvailable } = this.#options;
    const owner = owners.otherHoldersOf(boardId).find(isAvailable);
    if (owner === undefined || host.get(boardId) !== undefined || this.isDeleted(boardId)) return;
    const payload = pullCodec.encode({ boardId, since: toBase64(version) });
    const asked = requester.request(owner, pullMethod, payload, { timeoutMs: this.#secondMs });
    const reply = await asked.catch(() => undefined);
    const { deletedBy } = reply === undefined ? {} : pulledCodec.decode(reply);
    if (deletedBy !== undefined) await host.bury(boardId, deletedBy);
  }

  get #secondMs(): number {
    return this.#options.requestTimeoutMs * SECOND_OWNER_SHARE;
  }
}

function versionOf({ board }: HostedBoard): string {
  return toBase64(board.encodeVersion());
}

/** Whether what an error ended certainly did not and will not happen. */
function isDefinite(error: unknown): boolean {
  return error instanceof Error && 'definite' in error && error.definite === true;
}
