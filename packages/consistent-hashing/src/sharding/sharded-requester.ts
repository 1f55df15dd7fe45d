/**
 * Requests that go to whoever owns their key.
 *
 * The owners of a key are the first `replicaCount` nodes of `locateN`. The first is asked; if it
 * certainly did not carry the request out, the next one is, and so on. Where that is uncertain (the
 * request left, and no answer came) it ends there, unless the request says that it may be carried
 * out twice. With a bound on loads, owners that are full wait until the others were asked.
 *
 * Nodes never change their view of each other at the same instant. So each request carries the
 * epoch of the placement by which its receiver was chosen, and the receiver looks for itself:
 *
 * ```text
 *   asking (epoch 4)                      asked (epoch 5)
 *     key, epoch 4            ───────▸    is the key mine, by what I know?  no
 *     not yours, epoch 5      ◂───────    ┄ the asking node is behind: it learns 5 and asks anew
 *
 *   asking (epoch 5)                      asked (epoch 4)
 *     key, epoch 5            ───────▸    there is a newer view than mine: I learn it, then look
 * ```
 *
 * So no request is carried out by a node that does not own its key in the newest view that it has
 * heard of, and none is lost without an error that says so. What the new owner needs of the old
 * one's data is another question; `diff` says what has to be moved, and a node that is still
 * waiting for it can refuse in its handler.
 *
 * Source: DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007, §4.3 and
 * §4.6 (preference list, sloppy owners); the epoch that travels with each request is that of
 * view-stamped protocols (Oki and Liskov, "Viewstamped Replication", PODC 1988).
 */
import { type Key, keyInput } from '@quorate/hash';
import {
  type Clock,
  type NodeId,
  nodeId,
  type RequestContext,
  type Requester,
  type RequestOptions,
  RequestRefusedError,
  TransportError,
  type Unsubscribe,
} from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';
import { systemClock } from '@quorate/transport/system';

import { NoNodesError } from '../errors.ts';
import type { PlacementNode } from '../node-set.ts';
import type { Placement } from '../placement.ts';
import { checkRange } from './check-range.ts';
import { shardedReplyCodec, shardedRequestCodec, type ShardedReply } from './codec.ts';
import { isDefinite, NoOwnerAnsweredError, type Refusal } from './errors.ts';
import { type LoadBound, OwnerLoads, type WeighedOwner } from './owner-loads.ts';

/** A request as it goes to an owner. */
export interface ShardedAsk {
  readonly owner: NodeId;
  readonly method: string;
  /** 1 for the first owner that is asked for a request. */
  readonly attempt: number;
  /** The owners that could be asked first, in the order of the placement. */
  readonly choices: readonly WeighedOwner[];
}

/** How a request went at one node, for health checks and breakers of your own. */
export interface ShardedOutcome {
  readonly owner: NodeId;
  readonly method: string;
  /** `undefined` if it answered, be it that the key is not its. */
  readonly error: Error | undefined;
}

/** What a sharded requester is made of. */
export interface ShardedRequesterOptions<Meta = unknown> {
  readonly requester: Requester;
  /** This node, as its peers know it. */
  readonly localId: NodeId;
  /** Who owns what, as far as this node knows. `setPlacement` replaces it. */
  readonly placement: Placement<Meta>;
  /** Owners of each key, 1..64; 3 without it. All nodes of a cluster must have the same. */
  readonly replicaCount?: number;
  /** What zones mean when owners are chosen, as in `locateN`. All nodes must have the same. */
  readonly zones?: 'spread' | 'require';
  /** The address of a node: its id, without it. */
  readonly nodeIdOf?: (node: PlacementNode<Meta>) => NodeId;
  /** Whether to ask an owner at all: say no while it is suspected, or its breaker is open. */
  readonly isAvailable?: (owner: NodeId) => boolean;
  /** A lid on what is under way at each owner. Without it the first one is always asked first. */
  readonly loadBound?: LoadBound;
  /**
   * Whether to ask another owner after one that failed: say no when retries get too many, and the
   * request ends with what there is. Asked for each retry, right before it. Always, without it.
   */
  readonly mayRetry?: (failure: Refusal) => boolean;
  /** Hears of each request to an owner before it leaves. What it throws is ignored. */
  readonly onAsk?: (ask: ShardedAsk) => void;
  /** Hears how each request to an owner went. What it throws is ignored. */
  readonly onOutcome?: (outcome: ShardedOutcome) => void;
  /**
   * Fetches a placement of `epoch` or newer, from whoever knows: a peer spoke of one. Called once
   * at a time. Without it, requests wait for `setPlacement` to be called by somebody else.
   */
  readonly refresh?: (epoch: number) => Promise<Placement<Meta>>;
  /** Measures what is left of a timeout. Default: the system's. */
  readonly clock?: Pick<Clock, 'nowMs'>;
}

/** How a caller waits. */
export interface ShardedRequestOptions extends RequestOptions {
  /** Whether it does no harm to carry it out twice. Then silence is answered by asking the next. */
  readonly isIdempotent?: boolean;
  /**
   * How long one owner has to answer before the next one is asked, in ms, more than 0; only where
   * `isIdempotent`. Default: as long as the caller waits, so that an owner that has just died takes
   * all of it.
   */
  readonly attemptTimeoutMs?: number;
}

/** An answer, and from whom. */
export interface ShardedAnswer {
  /** The caller's. */
  readonly payload: Uint8Array;
  readonly owner: NodeId;
  /** Of the view in which it owns the key. */
  readonly epoch: number;
}

/** What a handler knows of a request besides its payload. */
export interface ShardedContext extends RequestContext {
  /** The key, as the bytes that it is. Copied: the handler's to keep. */
  readonly key: Uint8Array;
}

/** Carries out what this node owns. */
export type ShardedHandler = (
  payload: Uint8Array,
  context: ShardedContext,
) => Uint8Array | Promise<Uint8Array>;

/** Views that one request goes through at most: each costs a round trip. */
const VIEWS_MAX = 4;
const REPLICAS_MAX = 64;

/** Sends requests to the owners of their keys, and carries out those for keys of this node. */
export class ShardedRequester<Meta = unknown> {
  readonly #options: ShardedRequesterOptions<Meta>;
  readonly #replicaCount: number;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #loads: OwnerLoads | undefined;
  #placement: Placement<Meta>;
  #refreshing: Promise<void> | undefined;

  /** @throws RangeError if `replicaCount` or `loadBound` is out of its range. */
  constructor(options: ShardedRequesterOptions<Meta>) {
    const { replicaCount = 3, placement, clock = systemClock } = options;
    checkRange('replicaCount', replicaCount, REPLICAS_MAX, 1);
    this.#options = options;
    this.#replicaCount = replicaCount;
    this.#clock = clock;
    this.#loads = options.loadBound === undefined ? undefined : new OwnerLoads(options.loadBound);
    this.#placement = placement;
  }

  /** Who owns what, as far as this node knows. */
  get placement(): Placement<Meta> {
    return this.#placement;
  }

  /** Takes a newer view; an older one is ignored. What is under way goes on with the one it has. */
  setPlacement(placement: Placement<Meta>): void {
    if (placement.epoch > this.#placement.epoch) this.#placement = placement;
  }

  /** The owners of `key` as far as this node knows, the one that is asked first in front. */
  ownersOf(key: Key): NodeId[] {
    return this.#owners(this.#placement, key).map(({ owner }) => owner);
  }

  /**
   * Asks the owners of `key`, one after the other, until one has carried it out.
   *
   * @param payload - Copied before the call returns. With the key it must fit a message.
   * @throws NoOwnerAnsweredError if nobody did, as far as its `definite` says; whatever the
   *   requester rejects with if one may have, and it may not be carried out twice; NoNodesError if
   * there is no owner at all; RangeError for an option.
   */
  async request(
    key: Key,
    method: string,
    payload: Uint8Array,
    options: ShardedRequestOptions,
  ): Promise<ShardedAnswer> {
    const patienceMs = attemptTimeout(options);
    const input = keyInput(key);
    const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input.slice();
    const call = { key: bytes, method, payload: payload.slice() };
    const attempt: Attempt = {
      ...{ options, patienceMs, deadlineMs: undefined, refusals: [] },
      ...{ askedCount: 0, failure: undefined, isOver: false },
    };
    for (let views = 0; views < VIEWS_MAX; views += 1) {
      const placement = this.#placement;
      attempt.refusals = [];
      const answer = await this.#askEach(placement, call, attempt);
      if (answer !== undefined) return answer;
      if (attempt.isOver || this.#placement.epoch === placement.epoch) break;
    }
    throw new NoOwnerAnsweredError(method, attempt.refusals);
  }

  /**
   * Carries out requests for keys that this node owns, and refuses all others.
   *
   * @throws RangeError if `method` is already served, or is not 1..64 bytes.
   */
  serve(method: string, handler: ShardedHandler): Unsubscribe {
    return this.#options.requester.serve(method, async (bytes, context) => {
      const { epoch, key, payload } = decodeRequest(bytes);
      const [ownKey, ownPayload] = [key.slice(), payload.slice()];
      // Who asks knows of changes that this node has not heard of.
      if (epoch > this.#placement.epoch) await this.#learn(epoch);
      const { epoch: ownEpoch } = this.#placement;
      const isOwner = this.ownersOf(ownKey).includes(this.#options.localId);
      if (!isOwner || epoch > ownEpoch) {
        const none = new Uint8Array(0);
        return shardedReplyCodec.encode({ verdict: 'notOwner', epoch: ownEpoch, payload: none });
      }
      const answer = await handler(ownPayload, contextOf(context, ownKey));
      return shardedReplyCodec.encode({ verdict: 'done', epoch: ownEpoch, payload: answer });
    });
  }

  /** The first answer; nothing if no owner gave one, or a newer view says to ask others. */
  async #askEach(
    placement: Placement<Meta>,
    call: Call,
    attempt: Attempt,
  ): Promise<ShardedAnswer | undefined> {
    const { refusals, options } = attempt;
    const owners = this.#owners(placement, call.key);
    if (owners.length === 0) throw new NoNodesError();
    const choices = owners.filter(({ owner }) => this.#isAvailable(owner));
    for (const owner of this.#inOrder(owners, choices)) {
      if (!this.#isAvailable(owner)) {
        refusals.push({ owner, reason: 'unavailable' });
        continue;
      }
      const nowMs = this.#clock.nowMs();
      const deadlineMs = (attempt.deadlineMs ??= nowMs + options.timeoutMs);
      if (nowMs >= deadlineMs && options.timeoutMs > 0) return undefined;
      if (attempt.failure !== undefined && this.#options.mayRetry?.(attempt.failure) === false) {
        attempt.isOver = true;
        return undefined;
      }
      attempt.failure = undefined;
      attempt.askedCount += 1;
      const ask = { owner, method: call.method, attempt: attempt.askedCount, choices };
      contained(() => this.#options.onAsk?.(ask));
      const timeoutMs = Math.min(deadlineMs - nowMs, attempt.patienceMs);
      const remaining = { ...options, timeoutMs };
      const reply = await this.#ask(owner, placement.epoch, call, remaining).catch(
        (error: unknown) => refusedBy(owner, error, options),
      );
      if ('reason' in reply) {
        refusals.push(reply);
        attempt.failure = reply;
        continue;
      }
      const { verdict, epoch, payload } = reply;
      const learnt = epoch > placement.epoch ? this.#learn(epoch) : undefined;
      if (verdict === 'done') return { payload: payload.slice(), owner, epoch };
      refusals.push({ owner, reason: 'notOwner' });
      await learnt;
      if (this.#placement.epoch > placement.epoch) return undefined;
    }
    return undefined;
  }

  async #ask(
    owner: NodeId,
    epoch: number,
    { key, method, payload }: Call,
    options: RequestOptions,
  ): Promise<ShardedReply> {
    const { requester, onOutcome } = this.#options;
    const bytes = shardedRequestCodec.encode({ epoch, key, payload });
    const tell = (error: Error | undefined): void => {
      contained(() => onOutcome?.({ owner, method, error }));
    };
    this.#loads?.count(owner, 1);
    try {
      const reply = shardedReplyCodec.decode(
        await requester.request(owner, method, bytes, options),
      );
      tell(undefined);
      return reply;
    } catch (error) {
      if (error instanceof Error) tell(error);
      throw error;
    } finally {
      this.#loads?.count(owner, -1);
    }
  }

  /**
   * Fetches the newer view, once for all who wait for one. Failing that, everything stays as it is.
   */
  async #learn(epoch: number): Promise<void> {
    const { refresh } = this.#options;
    if (refresh === undefined) return;
    this.#refreshing ??= refresh(epoch)
      .then(
        (placement) => {
          this.setPlacement(placement);
        },
        () => undefined,
      )
      .finally(() => {
        this.#refreshing = undefined;
      });
    await this.#refreshing;
  }

  #isAvailable(owner: NodeId): boolean {
    return this.#options.isAvailable?.(owner) !== false;
  }

  /** All `owners` in the order in which they are asked, of which `choices` can be. */
  #inOrder(owners: readonly WeighedOwner[], choices: readonly WeighedOwner[]): readonly NodeId[] {
    const asked = [...(this.#loads?.withRoom(choices) ?? []), ...owners];
    return [...new Set(asked.map(({ owner }) => owner))];
  }

  #owners(placement: Placement<Meta>, key: Key): WeighedOwner[] {
    const { zones, nodeIdOf } = this.#options;
    const options = zones === undefined ? {} : { zones };
    return placement
      .locateN(key, this.#replicaCount, options)
      .map((node) => ({ owner: nodeIdOf?.(node) ?? nodeId(node.id), weight: node.weight }));
  }
}

interface Call {
  readonly key: Uint8Array;
  readonly method: string;
  readonly payload: Uint8Array;
}

/** A request as it goes on. */
interface Attempt {
  readonly options: ShardedRequestOptions;
  /** With one owner, in ms. */
  readonly patienceMs: number;
  /** From when the first owner is asked. */
  deadlineMs: number | undefined;
  /** In the view that is tried. */
  refusals: Refusal[];
  askedCount: number;
  /** What the owner that was asked last failed with. */
  failure: Refusal | undefined;
  /** Whether no other one is to be asked, in whichever view. */
  isOver: boolean;
}

/** Who listens cannot change what the caller gets. */
function contained(tell: () => void): void {
  try {
    tell();
  } catch {
    // It was told.
  }
}

/** How long to wait for one owner. */
function attemptTimeout({
  attemptTimeoutMs = Infinity,
  isIdempotent,
}: ShardedRequestOptions): number {
  if (!(attemptTimeoutMs > 0)) {
    throw new RangeError(`attemptTimeoutMs: expected more than 0, got ${attemptTimeoutMs}`);
  }
  return isIdempotent === true ? attemptTimeoutMs : Infinity;
}

/** The signal is made when it is first asked for. */
function contextOf(context: RequestContext, key: Uint8Array): ShardedContext {
  const { from, deadlineMs } = context;
  return {
    from,
    deadlineMs,
    key,
    get signal() {
      return context.signal;
    },
  };
}

/** `error` as a refusal, if the next owner may be asked: nothing happened, or may happen twice. */
function refusedBy(
  owner: NodeId,
  error: unknown,
  { isIdempotent = false, signal }: ShardedRequestOptions,
): Refusal {
  if (!(error instanceof Error) || signal?.aborted === true) throw error;
  if (isDefinite(error) || (isIdempotent && error instanceof TransportError)) {
    return { owner, reason: error };
  }
  throw error;
}

function decodeRequest(bytes: Uint8Array): ReturnType<typeof shardedRequestCodec.decode> {
  try {
    return shardedRequestCodec.decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RequestRefusedError('declined', error.message);
  }
}
