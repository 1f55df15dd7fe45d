import type { NodeId } from '@quorate/transport';

import type { Introduce, IntroduceReply, IntroductionVerdict } from '../codec/identity.ts';
import { type Configuration, type ConfigurationAt, membersOf } from '../configuration.ts';
import { RaftIdentityError } from './errors.ts';

/**
 * Whether the directory behind a node id is the one that its peers counted on.
 *
 * Raft rests on what nodes remember. A voter whose disk was lost or wiped, and that comes back
 * under its id with an empty one (etcd, issue 21178), looks like any new node and is none: it voted
 * and acknowledged, has forgotten both, and would do both again. A committed entry is lost, or two
 * leaders are elected in one term, and nothing is seen of it. The node cannot know. Others can:
 *
 * ```text
 *   n1 (directory 7f…)   n2   n3       n1 is new: n2 and n3 remember, on disk, "n1 is 7f…",
 *      │ introduce 7f… ──►│    │       and say so; only then does n1 say anything else
 *      │◄── accepted ─────┘    │
 *   n1 (directory c2…)         │       n1 was wiped: n2 and n3 know n1 as 7f…, so c2… is refused,
 *      │ introduce c2… ────────►       and n1 says nothing until an operator has removed it
 *      │◄── amnesiac ──────────┘       and added it again
 * ```
 *
 * **Who must remember.** A directory speaks (votes, acknowledges, asks for votes) only while a
 * majority of the *other* voters of its configuration, of both halves while joint, remembers it.
 * Say that the directories D and E of one id both spoke in a configuration with m others. Each was
 * accepted by more than m/2 of them, so one of the others accepted both. It remembers the first
 * durably and accepts no second before the id was removed from the configuration. So D and E did
 * not both speak, unless a removal lies between them, after which E counts as a new member.
 * Configurations that follow each other differ by one voter or share a majority, and a member that
 * comes is introduced to when it comes.
 *
 * **Why a majority of all voters, up once, is not enough to start a cluster.** Of three, let n3
 * never have been up yet, n1 and n2 commit entries, then n1 be wiped and n2 go down. n1 and n3 are
 * now both empty and know nothing, exactly as on the first day. Whatever rule lets two fresh nodes
 * of three begin lets these two forget what is committed. So the first start waits for one node
 * more than later ones: for all of three, four of five, five of seven. Not for all: a spare that is
 * never there holds up nobody. Restarts, once a majority of the others remembers the directory,
 * wait for one answer of any of them, which they need to be of use anyhow.
 *
 * **How many disks may be lost at once.** Of the majority that remembers D, those that are wiped
 * themselves forget it, and could accept E. With one disk lost there is none; with a second, a bare
 * majority of an odd number of others could be outdone: so one of three, four or six voters, two of
 * five or seven. Directories that have met all others, as in a cluster that is well, bear more.
 *
 * **Boots.** Each start counts up, durably, and draws a name. A count below the one a peer knows is
 * that of an older copy of the directory, from a backup say: refused as amnesiac. The same count
 * under another name is a second process on a copy of the same directory: the one that a peer saw
 * first stays, the other is refused as duplicate; where neither has a majority, neither speaks.
 *
 * What this cannot see: a copy that was taken of the running boot, and is started once. Its count
 * is what is expected next. Never start a node from a backup.
 *
 * Only introductions write: a heartbeat meets two comparisons.
 */

/** Under which directory, and in which boot, a node was last heard. */
export interface KnownDirectory {
  readonly directoryId: string;
  readonly bootCount: number;
  /** Drawn at each boot: tells two processes on copies of one directory apart. */
  readonly bootId: string;
  /** The configuration in force when this was remembered: a removal after it is news. */
  readonly sinceIndex: number;
}

/** What a node remembers durably of itself and of others, as directories. */
export interface IdentityRecord {
  readonly directoryId: string;
  /** Starts on this directory, the one under way included. */
  readonly bootCount: number;
  /** Who said that it remembers this directory, and which configuration was in force then. */
  readonly knownBy: ReadonlyMap<NodeId, number>;
  readonly known: ReadonlyMap<NodeId, KnownDirectory>;
}

/** Where a node stands with its peers. */
export type IdentityStatus =
  /** Nobody asks: see the option `identity`. */
  | { readonly kind: 'assumed' }
  /** Enough others remember its directory: it takes part. */
  | { readonly kind: 'proven' }
  /** It says nothing yet: these voters were asked and have not answered. */
  | { readonly kind: 'unproven'; readonly waitingFor: readonly NodeId[] }
  /** It says nothing: these voters know another directory, or another process, under its id. */
  | {
      readonly kind: 'refused';
      readonly by: readonly NodeId[];
      readonly error: RaftIdentityError;
    };

type Refusal = Exclude<IntroductionVerdict, 'accepted' | 'stranger'>;

/** Whom an identity tells, and asks. */
interface IdentityPort {
  readonly nodeId: NodeId;
  /** What `known` and `knownBy` may take of the record. */
  readonly peersBytesMax: number;
  /** The one in force on this node. */
  configuration(): ConfigurationAt;
  send(to: NodeId, message: Introduce | IntroduceReply): void;
  /** Makes `record` durable, then calls back. */
  save(onDurable: () => void): void;
  /** It is refused now, or no longer. */
  onChanged(status: IdentityStatus): void;
}

const encoder = new TextEncoder();

/** What a peer takes of the record besides its name: two ids, and five numbers of the largest. */
const PEER_OVERHEAD_BYTES = 40;

/** After how many ticks a boot is introduced again to those who have not accepted it. */
const CLOSED_RETRY_TICKS = 2;
const OPEN_RETRY_TICKS = 20;

/** Proves this node to others and others to this node. */
export class Identity {
  readonly #port: IdentityPort;
  readonly #directoryId: string;
  readonly #bootCount: number;
  readonly #bootId: string;
  readonly #knownBy: Map<NodeId, number>;
  readonly #known: Map<NodeId, KnownDirectory>;
  // Of this boot: who was heard, who has accepted it, and who refuses it.
  readonly #heard = new Set<NodeId>();
  readonly #accepted = new Set<NodeId>();
  readonly #refusals = new Map<NodeId, Refusal>();
  // Lives of peers that were refused.
  readonly #refusedLives = new Map<NodeId, number>();
  // What voters there are, for a node that no configuration has reached yet.
  #told: readonly NodeId[] = [];
  #isBootDurable = false;
  #hasAnswer = false;
  #isOpen = false;
  #isRefused = false;
  #isComplete = false;
  #ticksUntilRetry = 0;
  #refusedMessageCount = 0;

  /**
   * @param found - What the directory remembers; nothing if it is new.
   * @param drawId - Draws a name that nobody else has.
   */
  constructor(port: IdentityPort, found: IdentityRecord | undefined, drawId: () => string) {
    this.#port = port;
    this.#directoryId = found?.directoryId ?? drawId();
    this.#bootCount = (found?.bootCount ?? 0) + 1;
    this.#bootId = drawId();
    this.#knownBy = new Map(found?.knownBy);
    this.#known = new Map(found?.known);
  }

  /** Whether this node may say anything to others. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Messages of peers that were refused. They were dropped. */
  get refusedMessageCount(): number {
    return this.#refusedMessageCount;
  }

  /** What is to be durable now. */
  get record(): IdentityRecord {
    return {
      directoryId: this.#directoryId,
      bootCount: this.#bootCount,
      knownBy: this.#knownBy,
      known: this.#known,
    };
  }

  get status(): IdentityStatus {
    if (this.#isOpen) return { kind: 'proven' };
    const refusal = [...this.#refusals.values()][0];
    if (refusal === undefined) {
      const waitingFor = this.#others().filter((voter) => !this.#accepted.has(voter));
      return { kind: 'unproven', waitingFor };
    }
    const by = [...this.#refusals.keys()];
    return { kind: 'refused', by, error: errorOf(refusal, this.#port.nodeId, by) };
  }

  /** Counts this boot, and says who this is once that is durable. */
  start(): void {
    this.#port.save(() => {
      this.#isBootDurable = true;
      this.#update();
      for (const peer of this.#audience()) this.#introduceTo(peer);
    });
  }

  /** Introduces this boot again to whoever has not accepted it, sooner while all wait for that. */
  onTick(): void {
    if (this.#isComplete || !this.#isBootDurable) return;
    this.#ticksUntilRetry -= 1;
    if (this.#ticksUntilRetry > 0) return;
    this.#ticksUntilRetry = this.#isOpen ? OPEN_RETRY_TICKS : CLOSED_RETRY_TICKS;
    const missing = this.#audience().filter((peer) => !this.#accepted.has(peer));
    this.#isComplete = missing.length === 0 && this.#isOpen;
    for (const peer of missing) this.#introduceTo(peer);
  }

  /** `peer` began another life: whatever it knew, it may not know any more. */
  onNewLife(peer: NodeId): void {
    this.#heard.add(peer);
    this.#accepted.delete(peer);
    this.#isComplete = false;
    if (this.#isBootDurable) this.#introduceTo(peer);
  }

  /** Another configuration is in force: whoever came with it does not know this node yet. */
  onConfiguration(): void {
    if (this.#members().length > 0) this.#told = [];
    this.#isComplete = false;
    this.#update();
    if (!this.#isBootDurable) return;
    for (const peer of this.#audience()) this.#introduceTo(peer);
  }

  /**
   * The configuration at `logIndex` is committed: whoever is not in it is forgotten, and may come
   * back under another directory. Not so whoever came back since: a log may be read again.
   */
  onCommitted({ logIndex, configuration }: ConfigurationAt): void {
    const members = membersOf(configuration);
    if (!members.includes(this.#port.nodeId)) return;
    let isChanged = false;
    for (const [peer, { sinceIndex }] of this.#known) {
      if (members.includes(peer) || sinceIndex >= logIndex) continue;
      isChanged = this.#known.delete(peer);
      this.#refusedLives.delete(peer);
    }
    for (const [peer, sinceIndex] of this.#knownBy) {
      if (members.includes(peer) || sinceIndex >= logIndex) continue;
      isChanged = this.#knownBy.delete(peer);
      this.#accepted.delete(peer);
      this.#refusals.delete(peer);
    }
    if (isChanged) this.#port.save(() => this.#update());
  }

  /** Whether a message of `peer` in this life is to be dropped. */
  drops(peer: NodeId, incarnation: number): boolean {
    if (this.#refusedLives.size === 0) return false;
    if (this.#refusedLives.get(peer) !== incarnation) return false;
    this.#refusedMessageCount += 1;
    return true;
  }

  /** A peer says who it is. It is answered once it is remembered durably. */
  onIntroduce(from: NodeId, message: Introduce, incarnation: number): void {
    // Who was refused itself knows nothing that counts.
    if (!this.#isBootDurable || this.#isRefused) return;
    const verdict = this.#judge(from, message);
    if (verdict === 'amnesiac' || verdict === 'duplicate') {
      this.#refusedLives.set(from, incarnation);
      this.#reply(from, message, verdict);
      return;
    }
    if (this.#refusedLives.get(from) === incarnation) this.#refusedLives.delete(from);
    const { directoryId, bootCount, bootId } = message;
    if (verdict === 'stranger' || this.#known.get(from)?.bootId === bootId) {
      this.#reply(from, message, verdict);
      return;
    }
    const sinceIndex = this.#known.get(from)?.sinceIndex ?? this.#port.configuration().logIndex;
    this.#known.set(from, { directoryId, bootCount, bootId, sinceIndex });
    this.#port.save(() => {
      // Another boot may have come meanwhile, and this one be answered too late.
      if (this.#known.get(from)?.bootId === bootId) this.#reply(from, message, verdict);
    });
  }

  /** A peer says whether it takes this node for who it is. */
  onReply(from: NodeId, { bootId, verdict, voters }: IntroduceReply): void {
    if (bootId !== this.#bootId) return;
    // Another that joins knows of nobody, and its word is none against a member's.
    if (this.#members().length === 0 && voters.length > 0) this.#learn(voters);
    if (verdict === 'accepted') {
      this.#onAccepted(from);
      return;
    }
    this.#accepted.delete(from);
    if (verdict === 'stranger') {
      this.#refusals.delete(from);
    } else {
      this.#refusals.set(from, verdict);
      if (this.#knownBy.delete(from)) this.#port.save(() => undefined);
    }
    this.#update();
  }

  #onAccepted(from: NodeId): void {
    this.#refusals.delete(from);
    this.#accepted.add(from);
    this.#hasAnswer = true;
    if (this.#knownBy.has(from)) {
      this.#update();
      return;
    }
    if (!this.#hasRoom(from)) return;
    this.#knownBy.set(from, this.#port.configuration().logIndex);
    // Counted again when it is durable: a restart must not forget who was counted on.
    this.#port.save(() => this.#update());
  }

  #learn(voters: readonly NodeId[]): void {
    const isNews = this.#told.join() !== voters.join();
    this.#told = voters;
    if (!isNews) return;
    for (const peer of voters) this.#introduceTo(peer);
  }

  #members(): readonly NodeId[] {
    return membersOf(this.#port.configuration().configuration);
  }

  #judge(from: NodeId, { directoryId, bootCount, bootId }: Introduce): IntroductionVerdict {
    const known = this.#known.get(from);
    if (known === undefined) {
      // Whoever is no member is remembered once it is one: the table grows no larger than that. A
      // node that joins goes by what it was told, or the voter that adds it could not come back.
      const members = this.#members();
      const expected = members.length > 0 ? members : this.#told;
      return expected.includes(from) && this.#hasRoom(from) ? 'accepted' : 'stranger';
    }
    if (known.directoryId !== directoryId || bootCount < known.bootCount) return 'amnesiac';
    const isSecond = bootCount === known.bootCount && bootId !== known.bootId;
    return isSecond ? 'duplicate' : 'accepted';
  }

  /** The log's metadata hold some 20 members with the longest names, 60 with short ones. */
  #hasRoom(added: NodeId): boolean {
    const peers = new Set([...this.#known.keys(), ...this.#knownBy.keys(), added]);
    let bytes = 0;
    for (const peer of peers) bytes += encoder.encode(peer).length + PEER_OVERHEAD_BYTES;
    return bytes <= this.#port.peersBytesMax;
  }

  #reply(to: NodeId, { bootId }: Introduce, verdict: IntroductionVerdict): void {
    const { voters, outgoingVoters } = this.#port.configuration().configuration;
    const all = [...new Set([...voters, ...outgoingVoters])].sort();
    this.#port.send(to, { kind: 'introduceReply', bootId, verdict, voters: all });
  }

  #introduceTo(peer: NodeId): void {
    const { nodeId } = this.#port;
    if (peer === nodeId) return;
    const [directoryId, bootCount, bootId] = [this.#directoryId, this.#bootCount, this.#bootId];
    this.#port.send(peer, { kind: 'introduce', directoryId, bootCount, bootId });
  }

  /** Everyone who should know this node. */
  #audience(): readonly NodeId[] {
    const members = this.#members();
    return members.length > 0 ? members : [...new Set([...this.#told, ...this.#heard])];
  }

  #others(): readonly NodeId[] {
    const { voters, outgoingVoters } = this.#port.configuration().configuration;
    const all = new Set([...voters, ...outgoingVoters, ...this.#told]);
    all.delete(this.#port.nodeId);
    return [...all].sort();
  }

  #update(): void {
    this.#isOpen = this.#isBootDurable && this.#isRemembered();
    this.#isComplete = this.#isComplete && this.#isOpen;
    const isRefused = !this.#isOpen && this.#refusals.size > 0;
    if (isRefused === this.#isRefused) return;
    this.#isRefused = isRefused;
    this.#port.onChanged(this.status);
  }

  /** Whether enough of the other voters remember this directory, and one knows of this boot. */
  #isRemembered(): boolean {
    const { voters, outgoingVoters }: Configuration = this.#port.configuration().configuration;
    const isJoining = voters.length === 0;
    // A node that no configuration has reached is a new one of a cluster that it has yet to meet.
    if (isJoining && this.#told.length === 0) return false;
    const halves = isJoining ? [this.#told] : [voters, outgoingVoters];
    return halves.every((half) => this.#isMajorityAmong(half));
  }

  #isMajorityAmong(voters: readonly NodeId[]): boolean {
    const others = voters.filter((voter) => voter !== this.#port.nodeId);
    if (others.length === 0) return true;
    const remembering = others.filter((voter) => this.#knownBy.has(voter));
    if (remembering.length * 2 <= others.length) return false;
    return this.#hasAnswer;
  }
}

function errorOf(refusal: Refusal, nodeId: NodeId, by: readonly NodeId[]): RaftIdentityError {
  const peers = by.join(', ');
  if (refusal === 'duplicate') {
    return new RaftIdentityError(
      'RAFT_DUPLICATE',
      `${peers} met another process on a copy of the directory of ${nodeId}: stop one of the two`,
    );
  }
  return new RaftIdentityError(
    'RAFT_AMNESIAC',
    `${peers} know ${nodeId} under another directory or a later boot of it: what it voted and ` +
      'acknowledged there is forgotten. Remove it from the cluster and add it again',
  );
}
