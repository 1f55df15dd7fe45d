/**
 * Reads and writes of keys, from whichever node the client happened to reach.
 *
 * Only the leader can propose and confirm reads. A follower hands the request on through the
 * `Requester`, so a client needs to know one node only. What the follower may do when something
 * goes wrong on the way depends on one bit, `definite`: a write that certainly did not and will not
 * happen may be tried again or refused, one whose fate is open must be reported as unknown, because
 * trying it again could do it twice.
 */
import type { RaftNode } from '@quorate/raft';
import type { Clock, NodeId, Requester, Unsubscribe } from '@quorate/transport';

import {
  type Answer,
  answerCodec,
  answerOf,
  type ReadAnswer,
  type WriteAnswer,
} from './config-answer.ts';
import { commandCodec, type ConfigCommand } from './config-command.ts';
import type { ConfigStore } from './config-store.ts';
import { type HandOver, HandOvers } from './hand-overs.ts';

/** 'index': linearizable, confirmed by a majority. 'stale': what this node has applied so far. */
export type ReadMode = 'index' | 'stale';

/** What the service needs of its surroundings. */
export interface ConfigServiceOptions {
  readonly raft: Pick<RaftNode, 'observe' | 'propose' | 'readIndex' | 'status'>;
  readonly store: ConfigStore;
  readonly requester: Requester;
  readonly clock: Clock;
  /** How long a client waits for an outcome, hand-over included, in ms. More than 0. */
  readonly requestTimeoutMs: number;
}

/** At most this many nodes are asked: the one believed to lead, and the one that it names. */
const hopCountMax = 3;

const writeMethod = 'config/write';
const readMethod = 'config/read';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Something that only the leader can do. */
interface LeaderRequest {
  /** Whether doing it twice is as good as once. */
  readonly isRepeatable: boolean;
  readonly here: (timeoutMs: number) => Promise<Answer>;
  readonly there: HandOver;
}

/** Serves one node's clients, and the requests that other nodes hand on to it. */
export class ConfigService {
  readonly #options: ConfigServiceOptions;
  readonly #localId: NodeId;
  readonly #handOvers: HandOvers;
  readonly #stops: readonly Unsubscribe[];
  readonly #proposals = new Map<string, number>();

  constructor(options: ConfigServiceOptions) {
    this.#options = options;
    this.#localId = options.raft.status().nodeId;
    const { raft, requester, clock } = options;
    this.#handOvers = new HandOvers(requester);
    this.#stops = [
      raft.observe((event) => {
        if (event.kind !== 'roleChanged' || event.leaderId === undefined) return;
        this.#handOvers.onLeader(event.leaderId);
      }),
      requester.serve(writeMethod, async (payload, { deadlineMs, signal }) => {
        const timeoutMs = Math.max(1, deadlineMs - clock.nowMs());
        return answerCodec.encode(await this.#writeHere(payload.slice(), timeoutMs, signal));
      }),
      requester.serve(readMethod, async (payload, { deadlineMs, signal }) => {
        const key = decoder.decode(payload);
        const timeoutMs = Math.max(1, deadlineMs - clock.nowMs());
        return answerCodec.encode(await this.#readHere(key, timeoutMs, signal));
      }),
    ];
  }

  /** How many proposals of this node ended how: 'committed', 'unknown', or a reason of refusal. */
  get proposals(): ReadonlyMap<string, number> {
    return this.#proposals;
  }

  /** Changes one key, through the leader. Never rejects. */
  async write(command: ConfigCommand): Promise<WriteAnswer> {
    const payload = commandCodec.encode(command);
    const answer = await this.#askLeader({
      isRepeatable: false,
      here: (timeoutMs) => this.#writeHere(payload, timeoutMs),
      there: { method: writeMethod, payload },
    });
    if (answer.kind === 'value') return { kind: 'unknown', reason: 'unexpected answer' };
    const isLeaderless = answer.kind === 'refused' && answer.reason === 'noLeader';
    // Nodes with a full disk cannot vote, so that is why there is no leader: say so.
    if (isLeaderless && this.#options.raft.status().isDiskFull) {
      return { ...answer, reason: 'diskFull' };
    }
    return answer;
  }

  /** Reads one key. Never rejects. */
  async read(key: string, mode: ReadMode): Promise<ReadAnswer> {
    if (mode === 'stale') return this.#valueOf(key);
    const answer = await this.#askLeader({
      isRepeatable: true,
      here: (timeoutMs) => this.#readHere(key, timeoutMs),
      there: { method: readMethod, payload: encoder.encode(key) },
    });
    if (answer.kind === 'value' || answer.kind === 'refused') return answer;
    // A read leaves no trace: one that got lost may be called not done.
    return { kind: 'refused', reason: 'timeout', leaderId: undefined };
  }

  /** Takes no more requests from other nodes. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** Runs `here` if this node leads, else hands the request to the leader, and follows its hint. */
  async #askLeader(request: LeaderRequest): Promise<Answer> {
    const { raft, clock, requestTimeoutMs } = this.#options;
    const deadlineMs = clock.nowMs() + requestTimeoutMs;
    let leaderId = raft.status().leaderId;
    for (let hop = 0; hop < hopCountMax && leaderId !== undefined; hop += 1) {
      const timeoutMs = deadlineMs - clock.nowMs();
      if (timeoutMs <= 0) break;
      const answer: Answer =
        leaderId === this.#localId
          ? await request.here(timeoutMs)
          : await this.#handOvers.request(leaderId, request.there, timeoutMs);
      const next = this.#nextToAsk(leaderId, request, answer);
      if (next === 'settled') return answer;
      leaderId = next;
    }
    return { kind: 'refused', reason: 'noLeader', leaderId: undefined };
  }

  /** Who else may be asked after `asked` gave this answer, if that helps and does no harm. */
  #nextToAsk(
    asked: NodeId,
    request: LeaderRequest,
    answer: Answer,
  ): NodeId | undefined | 'settled' {
    if (answer.kind === 'refused' && answer.reason === 'notLeader') {
      return answer.leaderId === asked ? undefined : answer.leaderId;
    }
    if (answer.kind !== 'unknown' || !request.isRepeatable) return 'settled';
    const { leaderId } = this.#options.raft.status();
    return leaderId === asked ? 'settled' : leaderId;
  }

  async #writeHere(
    payload: Uint8Array,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<WriteAnswer> {
    const { raft } = this.#options;
    const outcome = await raft.propose(payload, { timeoutMs, ...(signal ? { signal } : {}) });
    const name = outcome.kind === 'rejected' ? outcome.reason : outcome.kind;
    this.#proposals.set(name, (this.#proposals.get(name) ?? 0) + 1);
    return answerOf(outcome, this.#localId);
  }

  async #readHere(key: string, timeoutMs: number, signal?: AbortSignal): Promise<ReadAnswer> {
    const { raft } = this.#options;
    const outcome = await raft.readIndex({ timeoutMs, ...(signal ? { signal } : {}) });
    if (outcome.kind === 'ready') return this.#valueOf(key);
    return { kind: 'refused', reason: outcome.reason, leaderId: outcome.leaderId };
  }

  #valueOf(key: string): ReadAnswer {
    const value = this.#options.store.get(key);
    return { kind: 'value', value, servedBy: this.#localId };
  }
}
