/**
 * Lets nodes in and lets them go, while the cluster works.
 *
 * What is wanted is a list, `cluster/members`; what is, are Raft's members. A change is a change of
 * the list, by compare-and-set, and done for whoever asked. From then on whoever leads makes the
 * two equal, one step after the other, and looks again after each:
 *
 * ```text
 *   listed      ──► learner ──► caught up ──► joint ──► voter ──► holds boards
 *   not listed  ──► its boards move to others ──► joint ──► gone
 * ```
 *
 * Nothing else is remembered. A leader that dies in the middle leaves the list and the members as
 * they are, and the next one goes on from there.
 */
import type { MembershipChange, RaftNode } from '@quorate/raft';
import { type Clock, nodeId, type NodeId, type Requester, type Timer } from '@quorate/transport';

import type { MemberFigures } from '../../observe/node-status.ts';
import { type Member, membersKey, parseMembers } from '../../config/cluster-map.ts';
import type { MemberAnswer, NodeChanges } from '../../operations/admin-answers.ts';
import type { ConfigKeys } from '../../config/config-answers.ts';
import type { Roster } from './roster.ts';

/** How boards stand on one node. */
export interface Settlement {
  /** The revision of the members by which it places boards. */
  readonly epoch: number;
  readonly copyCount: number;
  /** Boards of which some owner lacks something that was here a moment ago. */
  readonly lackingCount: number;
}

/** What changes are made with. */
export interface MemberChangesOptions {
  readonly roster: Roster;
  readonly raft: Pick<RaftNode, 'changeMembership' | 'readIndex' | 'status'>;
  readonly service: ConfigKeys;
  readonly requester: Requester;
  readonly clock: Clock;
  /** Whether a node may be asked at all. */
  readonly isAvailable: (id: NodeId) => boolean;
  /** How boards stand here. */
  readonly settlement: () => Promise<Settlement>;
}

const LOOK_MS = 500;
const CHANGE_MS = 2_000;
const SETTLED_MS = 1_000;
const ATTEMPTS = 3;
const MEMBERS_MAX = 32;
const method = 'members/settled';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Changes of the members, as wishes and as deeds. */
export class MemberChanges implements NodeChanges {
  readonly #options: MemberChangesOptions;
  readonly #stopServing: () => void;
  #timer: Timer | undefined;

  constructor(options: MemberChangesOptions) {
    const { requester, settlement } = options;
    this.#options = options;
    this.#stopServing = requester.serve(method, async () =>
      encoder.encode(JSON.stringify(await settlement())),
    );
    this.#lookLater();
  }

  add(id: string, address: string, votes = true): Promise<MemberAnswer> {
    return this.#edit((members) => {
      const known = members.find((member) => member.id === id);
      if (known?.address === address) return { kind: 'alreadyListed' };
      if (members.some((member) => member.address === address)) return { kind: 'addressTaken' };
      if (known !== undefined) {
        return members.map((member) => (member === known ? { ...known, address } : member));
      }
      if (members.length >= MEMBERS_MAX) return { kind: 'tooManyMembers' };
      const vote = votes ? {} : { votes };
      return [...members, { id, weight: 1, address, ...vote, isJoining: true }];
    });
  }

  remove(id: string): Promise<MemberAnswer> {
    const isLeaving = this.progress().some((member) => member.id === id);
    return this.#edit((members) => {
      const rest = members.filter((member) => member.id !== id);
      if (rest.length === members.length) return { kind: isLeaving ? 'unlisted' : 'unknownNode' };
      return rest.length === 0 ? { kind: 'lastMember' } : rest;
    });
  }

  /** Every node and how far it is, as far as this node knows. Only the leader knows who learns. */
  progress(): readonly MemberFigures[] {
    const { roster, raft } = this.#options;
    const ids = [...roster.members.map(({ id }) => id), ...roster.peers, raft.status().nodeId];
    return [...new Set(ids)].flatMap((id) => {
      const step = this.#stepOf(id);
      if (step === undefined) return [];
      const address = roster.members.find((member) => member.id === id)?.address ?? null;
      return [{ id, address, step }];
    });
  }

  close(): void {
    this.#stopServing();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #stepOf(id: string): MemberFigures['step'] | undefined {
    const { roster, raft } = this.#options;
    const { configuration, peers } = raft.status();
    const { voters, outgoingVoters, learners } = configuration;
    const node = nodeId(id);
    const isListed = roster.has(id);
    const isVoter = voters.includes(node);
    if (outgoingVoters.length > 0 && isVoter !== outgoingVoters.includes(node)) return 'joint';
    if (!isListed) return isVoter || learners.includes(node) ? 'draining' : undefined;
    const member = roster.members.find((one) => one.id === id);
    const isJoining = member?.isJoining === true;
    if (isVoter) return isJoining ? 'voter' : 'member';
    if (!learners.includes(node)) return 'waiting';
    if (member?.votes === false && !isJoining) return 'member';
    return peers.get(node)?.isCaughtUp === true ? 'caughtUp' : 'catchingUp';
  }

  /** Changes the list as it is, however often others come in between. */
  async #edit(
    change: (members: readonly Member[]) => readonly Member[] | MemberAnswer,
  ): Promise<MemberAnswer> {
    const { service, roster } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await service.read(membersKey, 'index');
      if (found.kind !== 'value') return found;
      const members = parseMembers(found.value?.value ?? '') ?? roster.members;
      const next = change(members);
      if ('kind' in next) return next;
      const { revision } = found.value ?? {};
      const answer = await service.write({
        ...{ kind: 'put', key: membersKey, value: JSON.stringify(next) },
        condition: revision === undefined ? { kind: 'absent' } : { kind: 'revision', revision },
      });
      if (answer.kind !== 'applied') return answer;
      if (answer.result.kind === 'storeFull') return { kind: 'refused', reason: 'diskFull' };
      if (answer.result.kind !== 'mismatch') {
        return { kind: next.length < members.length ? 'unlisted' : 'listed' };
      }
    }
    return { kind: 'contended' };
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => {
      void this.#look().finally(() => {
        if (this.#timer !== undefined) this.#lookLater();
      });
    });
  }

  /** If this node leads: the next step of whoever is on the way. */
  async #look(): Promise<void> {
    const { raft } = this.#options;
    const isMoving = (): boolean => this.progress().some(({ step }) => step !== 'member');
    if (raft.status().role !== 'leader' || !isMoving()) return;
    // Raft's members count from when they are in the log, the list from when it is applied: a new
    // leader must not send away whom it has not yet read about.
    if ((await raft.readIndex({ timeoutMs: CHANGE_MS })).kind !== 'ready') return;
    const { configurationIndex } = raft.status();
    const changes = await this.#dueChanges();
    if (changes.length === 0) return this.#admit();
    const isVote = changes.some(({ kind }) => kind !== 'addLearner');
    // Votes change by joint consensus, be it one or several, and only as they were found above.
    await raft.changeMembership(changes, {
      transition: isVote ? 'implicit' : 'auto',
      ifConfigurationIndex: configurationIndex,
      timeoutMs: CHANGE_MS,
    });
  }

  async #dueChanges(): Promise<readonly MembershipChange[]> {
    const changes: MembershipChange[] = [];
    for (const { id, step } of this.progress()) {
      const node = nodeId(id);
      if (step === 'waiting') changes.push({ kind: 'addLearner', node });
      if (step === 'caughtUp' && this.#isToVote(id)) changes.push({ kind: 'addVoter', node });
      if (step === 'draining' && (await this.#isDrained(node))) {
        changes.push({ kind: 'remove', node });
      }
    }
    return changes;
  }

  #isToVote(id: string): boolean {
    return this.#options.roster.members.some((one) => one.id === id && one.votes !== false);
  }

  /** Gives boards to those who have a vote by now, or the log if they are to have no vote. */
  async #admit(): Promise<void> {
    const isReady = (id: string): boolean => {
      const step = this.#stepOf(id);
      return step === 'voter' || (step === 'caughtUp' && !this.#isToVote(id));
    };
    if (!this.#options.roster.members.some(({ id }) => isReady(id))) return;
    await this.#edit((members) =>
      members.map((member) => {
        const { isJoining: _, ...rest } = member;
        return isReady(member.id) ? rest : member;
      }),
    );
  }

  /**
   * Whether a node may go: all others place boards without it and have them whole, and it has
   * nothing left. Nodes that are suspected are not asked; a lost one has nothing to give.
   */
  async #isDrained(leaving: NodeId): Promise<boolean> {
    const { roster, isAvailable } = this.#options;
    const { epoch, members } = roster.membership;
    const asked = [...members.map(({ id }) => nodeId(id)), leaving].filter(isAvailable);
    const answers = await Promise.all(
      asked.map(async (id) => ({ id, boards: await this.#settlementOf(id) })),
    );
    return answers.every(({ id, boards }) => {
      if (boards === undefined || boards.epoch < epoch) return false;
      return boards.lackingCount === 0 && (id !== leaving || boards.copyCount === 0);
    });
  }

  async #settlementOf(id: NodeId): Promise<Settlement | undefined> {
    const { raft, requester, settlement } = this.#options;
    if (id === raft.status().nodeId) return settlement();
    try {
      const options = { timeoutMs: SETTLED_MS };
      const answer = await requester.request(id, method, new Uint8Array(0), options);
      return JSON.parse(decoder.decode(answer)) as Settlement;
    } catch {
      return undefined;
    }
  }
}
