import type { NodeId } from '@quorate/transport';

import type { Entry } from '../../../src/messages.ts';
import { inOrder, parseChanges } from '../confchange.ts';
import { type Command, valuesOf } from '../data-driven.ts';
import {
  describeEntry,
  describeParcel,
  describeReady,
  describeStatus,
  messageNames,
  roleNames,
} from './describe.ts';
import { idOf, InteractionNode, type NodeSettings, type Parcel } from './node.ts';

const levels = ['debug', 'info', 'warn', 'error', 'fatal', 'none'];

/**
 * The cluster of one interaction file: runs its directives one after the other over the core, and
 * prints of each what etcd/raft would print if it did what the core does; but for what etcd/raft
 * logs.
 *
 * Where the core refuses, the user of the file does what the refusal asks for. A change of members
 * while the leader has committed nothing of its term is to be tried again soon: so it is, whenever
 * the node's output was taken, until it is decided. What a follower refuses goes to the leader it
 * names. Who is to vote need not have caught up: in these files they may not even exist.
 */
export class InteractionEnvironment {
  readonly nodes: Map<NodeId, InteractionNode> = new Map<NodeId, InteractionNode>();
  #parcels: Parcel[] = [];
  #level = 'debug';
  readonly #entryNames = new Map<string, string>();
  #proposalCount = 0;
  #isComplaint = false;
  /** Changes of members to be proposed again. */
  #postponed: { readonly node: NodeId; readonly directive: Command }[] = [];

  /** Whether nothing is printed. */
  get isQuiet(): boolean {
    return this.#level === 'none';
  }

  /** What etcd/raft calls an entry with a configuration. */
  readonly nameOf = ({ term, logIndex }: Entry): string | undefined =>
    this.#entryNames.get(`${term}/${logIndex}`);

  /** Runs one directive. Returns what it prints. */
  run(directive: Command): string {
    const level = valuesOf(directive, 'log-level')[0];
    const before = this.#level;
    if (level !== undefined) this.#level = level.toLowerCase();
    const lines = this.#dispatch(directive);
    const isHidden = this.isQuiet && !this.#isComplaint;
    this.#isComplaint = false;
    if (level !== undefined) this.#level = before;
    return isHidden || lines.length === 0 ? 'ok' : lines.join('\n');
  }

  /** What goes wrong is printed at any level. */
  #complain(text: string): readonly string[] {
    this.#isComplaint = true;
    return [text];
  }

  #dispatch(directive: Command): readonly string[] {
    const { command } = directive;
    const ids = numbersOf(directive).map(idOf);
    switch (command) {
      case '_breakpoint':
        return [];
      case 'add-nodes':
        return this.#addNodes(directive);
      case 'compact':
        return this.#compact(directive);
      case 'deliver-msgs':
        return this.#deliverMessages(directive);
      case 'log-level':
        return this.#setLevel(directive.arguments[0]?.name ?? '');
      case 'process-ready':
        return this.#forEach(ids, 'handling Ready', (node) => this.#processReady(node));
      case 'process-append-thread':
        return this.#forEach(ids, 'processing append thread', (node) => this.#processAppend(node));
      case 'process-apply-thread':
        return this.#forEach(ids, 'processing apply thread', (node) => this.#processApply(node));
      case 'propose':
        return this.#propose(directive);
      case 'propose-conf-change':
        return this.#proposeChange(directive);
      case 'raft-state':
        return [...this.nodes.values()].map(describeState);
      case 'send-snapshot':
        return this.#sendSnapshot(ids);
      case 'stabilize':
        return this.#stabilize(ids.length > 0 ? ids : [...this.nodes.keys()]);
      default:
        return this.#dispatchToOne(directive, ids);
    }
  }

  #dispatchToOne(directive: Command, ids: readonly NodeId[]): readonly string[] {
    const node = (): InteractionNode => this.#node(ids[0]);
    switch (directive.command) {
      case 'campaign':
        node().campaign();
        return [];
      case 'forget-leader':
        node().input({ kind: 'forgetLeader' });
        return [];
      case 'raft-log':
        return this.#log(node());
      case 'report-unreachable': {
        const [, peer] = ids;
        if (peer !== undefined) node().input({ kind: 'peerUnreachable', peer });
        return [];
      }
      case 'set-randomized-election-timeout':
        node().setElectionTimeout(Number(valuesOf(directive, 'timeout')[0]));
        return [];
      case 'status':
        return describeStatus(node().raft);
      case 'tick-election':
        for (let ticks = 3; ticks > 0; ticks -= 1) node().tick();
        return [];
      case 'tick-heartbeat':
        node().tick();
        return [];
      case 'transfer-leadership':
        return this.#transfer(directive);
      default:
        return this.#complain('unknown command');
    }
  }

  #addNodes(directive: Command): readonly string[] {
    const count = numbersOf(directive)[0] ?? 0;
    const settings = settingsOf(directive);
    if (typeof settings === 'string') return this.#complain(settings);
    for (let added = 0; added < count; added += 1) {
      const id = idOf(this.nodes.size + 1);
      this.nodes.set(id, new InteractionNode(id, settings));
    }
    return [];
  }

  #compact(directive: Command): readonly string[] {
    const [number = 0, throughIndex = 0] = numbersOf(directive);
    const node = this.#node(idOf(number));
    node.compact(throughIndex);
    return this.#log(node);
  }

  #log({ storage }: InteractionNode): readonly string[] {
    const { start, entries } = storage;
    if (entries.length > 0) return entries.map((entry) => describeEntry(entry, this.nameOf));
    const { logIndex } = start;
    return [`log is empty: first index=${logIndex + 1}, last index=${logIndex}`];
  }

  #setLevel(level: string): readonly string[] {
    if (!levels.includes(level.toLowerCase())) {
      return this.#complain(`log levels must be either of [${levels.join(' ').toUpperCase()}]`);
    }
    this.#level = level.toLowerCase();
    return [];
  }

  #propose(directive: Command): readonly string[] {
    const [node, text = ''] = directive.arguments.map(({ name }) => name);
    const payloads = [new TextEncoder().encode(text)];
    this.#proposalCount += 1;
    const proposalId = this.#proposalCount;
    const proposer = this.#proposer(idOf(node ?? ''));
    proposer.input({ kind: 'propose', proposalId, payloads });
    return proposer.answer?.kind === 'refused' ? this.#complain('raft proposal dropped') : [];
  }

  #proposeChange(directive: Command): readonly string[] {
    const proposer = this.#proposer(idOf(numbersOf(directive)[0] ?? 0));
    const isV1 = valuesOf(directive, 'v1')[0] === 'true';
    const transition = valuesOf(directive, 'transition')[0] ?? 'auto';
    const changes = parseChanges(directive.input);
    if (typeof changes === 'string') return this.#complain(changes);
    if (!isTransition(transition)) return this.#complain(`unknown transition ${transition}`);
    if (isV1 && (changes.length > 1 || transition !== 'auto')) {
      return this.#complain('v1 conf change can only have one operation and no transition');
    }
    this.#proposalCount += 1;
    const changeId = this.#proposalCount;
    proposer.input({ kind: 'changeMembership', changeId, changes, transition, isForced: true });
    const { answer } = proposer;
    if (answer?.kind === 'taken') {
      const text = directive.input.trim();
      const name = `EntryConfChange${isV1 ? '' : 'V2'}${text === '' ? '' : ` ${text}`}`;
      this.#entryNames.set(`${answer.term}/${answer.logIndex}`, name);
    }
    if (answer?.kind !== 'refused') return [];
    if (answer.reason !== 'termNotCommitted') return this.#complain('raft proposal dropped');
    this.#postponed.push({ node: proposer.id, directive });
    return [];
  }

  /** Whom a proposal to `id` reaches in the end: the leader that its refusal would name. */
  #proposer(id: NodeId): InteractionNode {
    const node = this.#node(id);
    const { role, leaderId } = node.raft;
    const leader = leaderId === undefined ? undefined : this.nodes.get(leaderId);
    return role.kind === 'leader' ? node : (leader ?? node);
  }

  #proposeAgain(node: InteractionNode): void {
    const due = this.#postponed.filter((one) => one.node === node.id);
    this.#postponed = this.#postponed.filter((one) => one.node !== node.id);
    for (const { directive } of due) this.#proposeChange(directive);
  }

  #transfer(directive: Command): readonly string[] {
    const [from] = valuesOf(directive, 'from');
    const [to] = valuesOf(directive, 'to');
    if (from === undefined || to === undefined) return this.#complain('expected from and to');
    this.#proposalCount += 1;
    const transferId = this.#proposalCount;
    this.#node(idOf(from)).input({ kind: 'transferLeadership', transferId, to: idOf(to) });
    return [];
  }

  #sendSnapshot(ids: readonly NodeId[]): readonly string[] {
    const [from, to] = ids;
    if (from === undefined || to === undefined) return this.#complain('expected two nodes');
    const { raft, applied } = this.#node(from);
    const message = {
      kind: 'installSnapshot',
      term: raft.currentTerm,
      snapshot: applied,
    } as const;
    const parcel = { from, to, message };
    this.#parcels.push(parcel);
    return describeParcel(parcel, this.nameOf);
  }

  #processReady(node: InteractionNode): readonly string[] {
    const ready = node.takeReady();
    this.#parcels.push(...ready.messages);
    this.#proposeAgain(node);
    return describeReady(ready, this.nameOf);
  }

  #processAppend(node: InteractionNode): readonly string[] {
    const promises = node.processAppend();
    if (promises === undefined) return ['no append work to perform'];
    this.#parcels.push(...promises);
    const described = promises.flatMap((parcel) => describeParcel(parcel, this.nameOf));
    return ['Processing:', 'Responses:', ...described];
  }

  #processApply(node: InteractionNode): readonly string[] {
    return node.processApply() ? ['Processing:', 'Responses:'] : ['no apply work to perform'];
  }

  #forEach(
    ids: readonly NodeId[],
    doing: string,
    process: (node: InteractionNode) => readonly string[],
  ): readonly string[] {
    if (ids.length === 1) return ids.flatMap((id) => process(this.#node(id)));
    return ids.flatMap((id) => [`> ${id} ${doing}`, ...indented(process(this.#node(id)))]);
  }

  #deliverMessages(directive: Command): readonly string[] {
    const [type] = valuesOf(directive, 'type');
    const lines: string[] = [];
    let count = 0;
    for (const { name, values } of directive.arguments) {
      const recipients = name === 'drop' ? values : values.length === 0 ? [name] : [];
      for (const recipient of recipients) {
        const parcels = this.#takeParcels(idOf(recipient), type);
        count += parcels.length;
        for (const parcel of parcels) {
          lines.push(...(name === 'drop' ? this.#drop(parcel) : this.#deliver(parcel)));
        }
      }
    }
    return count === 0 ? ['no messages'] : lines;
  }

  #takeParcels(to: NodeId, type?: string): readonly Parcel[] {
    const isMeant = (parcel: Parcel): boolean =>
      parcel.to === to && (type === undefined || messageNames[parcel.message.kind] === type);
    const taken = this.#parcels.filter(isMeant);
    this.#parcels = this.#parcels.filter((parcel) => !isMeant(parcel));
    return taken;
  }

  #drop(parcel: Parcel): readonly string[] {
    const [head = '', ...rest] = describeParcel(parcel, this.nameOf);
    return [`dropped: ${head}`, ...rest];
  }

  #deliver(parcel: Parcel): readonly string[] {
    const { from, to, message } = parcel;
    const node = this.#node(to);
    const before = node.raft.strangerCount;
    node.input({ kind: 'receive', from, message });
    const lines = describeParcel(parcel, this.nameOf);
    const isStranger = node.raft.strangerCount > before;
    return isStranger ? [...lines, 'raft: cannot step as peer not found'] : lines;
  }

  #stabilize(ids: readonly NodeId[]): readonly string[] {
    const lines: string[] = [];
    for (let round = 0; round < 1_000; round += 1) {
      const printed = this.#stabilizeOnce(ids.map((id) => this.#node(id)));
      if (printed.length === 0) return lines;
      lines.push(...printed);
    }
    return [...lines, 'the cluster does not come to rest'];
  }

  #stabilizeOnce(nodes: readonly InteractionNode[]): readonly string[] {
    const lines: string[] = [];
    for (const node of nodes) {
      if (!node.hasReady) continue;
      lines.push(`> ${node.id} handling Ready`, ...indented(this.#processReady(node)));
    }
    for (const { id } of nodes) {
      const parcels = this.#takeParcels(id);
      if (parcels.length === 0) continue;
      lines.push(`> ${id} receiving messages`);
      for (const parcel of parcels) lines.push(...indented(this.#deliver(parcel)));
    }
    for (const node of nodes) {
      if (node.appendWork.length > 0) lines.push(`> ${node.id} processing append thread`);
      while (node.appendWork.length > 0) lines.push(...indented(this.#processAppend(node)));
    }
    for (const node of nodes) {
      if (node.applyWork.length > 0) lines.push(`> ${node.id} processing apply thread`);
      while (node.applyWork.length > 0) lines.push(...indented(this.#processApply(node)));
    }
    return lines;
  }

  #node(id: NodeId | undefined): InteractionNode {
    const node = id === undefined ? undefined : this.nodes.get(id);
    if (node === undefined) throw new RangeError(`id: expected a node, got ${id ?? 'none'}`);
    return node;
  }
}

function describeState(node: InteractionNode): string {
  const { id, raft, isVoter } = node;
  const vote = isVoter ? '(Voter)' : '(Non-Voter)';
  const { role, currentTerm, leaderId } = raft;
  return `${id}: ${roleNames[role.kind]} ${vote} Term:${currentTerm} Lead:${leaderId ?? 0}`;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** The arguments without a value, which are numbers of nodes or indexes. */
function numbersOf(directive: Command): readonly number[] {
  const words = directive.arguments.filter(({ values }) => values.length === 0);
  const numbers = words.map(({ name }) => Number(name));
  return numbers.filter((number) => Number.isInteger(number));
}

function settingsOf(directive: Command): NodeSettings | string {
  const flag = (name: string): boolean => valuesOf(directive, name)[0] === 'true';
  const index = Number(valuesOf(directive, 'index')[0] ?? 0);
  const voters = valuesOf(directive, 'voters').map(idOf);
  const learners = valuesOf(directive, 'learners').map(idOf);
  const [content = ''] = valuesOf(directive, 'content');
  const isEmpty = voters.length === 0 && learners.length === 0 && content === '' && index === 0;
  if (!isEmpty && index <= 1) return 'index must be specified as > 1 due to bootstrap';
  const [readOnly = 'safe'] = valuesOf(directive, 'read-only');
  if (readOnly !== 'safe' && readOnly !== 'lease-based') {
    return `invalid read-only option "${readOnly}"`;
  }
  const applySize = valuesOf(directive, 'max-committed-size-per-ready')[0];
  return {
    voters: inOrder(voters).map(idOf),
    learners: inOrder(learners).map(idOf),
    index,
    content,
    maxInflightMessages: Number(valuesOf(directive, 'inflight')[0] ?? 2 ** 31 - 1),
    isAsync: flag('async-storage-writes'),
    hasPreVote: flag('prevote'),
    hasCheckQuorum: flag('checkquorum'),
    appliesOneByOne: applySize !== undefined && Number(applySize) < 64,
  };
}

function isTransition(text: string): text is 'auto' | 'implicit' | 'explicit' {
  return ['auto', 'implicit', 'explicit'].includes(text);
}
