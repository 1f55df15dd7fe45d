/*
 * A document's state with the smallest possible network around it: events travel as objects that
 * name everything by (replica, sequence), one packet for each local change. It stands in for
 * history and codecs where a test asks about the state alone.
 */
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import {
  LIST_DELETE,
  LIST_INSERT,
  LIST_MOVE,
  LIST_NEST,
  LIST_PUT,
  REVOKE,
  TREE_MOVE,
} from '../../src/log/operation-kind.ts';
import { OperationLog } from '../../src/log/operation-log.ts';
import type { Value } from '../../src/log/value.ts';
import { DocumentState } from '../../src/document/document-state.ts';

/** An event by its id, or a number below zero that means itself. */
type Name = readonly [replicaId: string, sequence: number] | number;

/** Some events of one replica, each the only parent of the next. */
export interface Packet {
  readonly replicaId: string;
  readonly sequence: number;
  readonly parents: readonly Name[];
  readonly lamport: number;
  readonly runs: readonly {
    readonly kind: number;
    readonly container: Name;
    readonly count: number;
    readonly a: Name;
    readonly b: Name;
    readonly c: Name;
    readonly values: readonly Value[];
  }[];
}

/** Which of `a`, `b`, `c` are events, by kind. */
const references: Readonly<Record<number, string>> = {
  [LIST_INSERT]: 'ab',
  [LIST_NEST]: 'ab',
  [LIST_DELETE]: 'a',
  [LIST_MOVE]: 'abc',
  [LIST_PUT]: 'a',
  [TREE_MOVE]: 'abc',
  [REVOKE]: 'a',
};

export class PacketReplica {
  readonly graph: CausalGraph = new CausalGraph();
  readonly log: OperationLog = new OperationLog(this.graph);
  readonly state: DocumentState;
  readonly replicaId: string;
  /** Everything that is here, in order of arrival. */
  readonly packets: Packet[] = [];

  constructor(replicaId: string) {
    this.replicaId = replicaId;
    const replica = this.graph.replicaIndex(replicaId);
    this.state = new DocumentState(this.graph, this.log, replica, (change) => change());
  }

  /** Carries out a local change; what to send, unless nothing happened. */
  change(change: (state: DocumentState) => void): Packet | undefined {
    const from = this.graph.eventCount;
    change(this.state);
    if (this.graph.eventCount === from) return undefined;
    const packet = this.#pack(from);
    this.packets.push(packet);
    return packet;
  }

  /** Takes in a packet whose past is here. */
  receive(packet: Packet): void {
    const replica = this.graph.replicaIndex(packet.replicaId);
    if (this.graph.nextSequence(replica) > packet.sequence) return;
    this.packets.push(packet);
    const from = this.graph.eventCount;
    let sequence = packet.sequence;
    let parents = packet.parents.map((name) => this.#lv(name));
    for (const { kind, container, count, a, b, c, values } of packet.runs) {
      for (const piece of this.#pieces(kind, a, count)) {
        const value = values.length === 0 ? -1 : this.log.values.length;
        const lv = this.graph.append(replica, sequence, piece.count, parents);
        for (const each of values) this.log.pushValue(each);
        const left = this.#lv(piece.a);
        const [holder, right, last] = [this.#lv(container), this.#lv(b), this.#lv(c)];
        this.log.append(kind, holder, piece.count, left, right, last, value);
        sequence += piece.count;
        parents = [lv + piece.count - 1];
      }
    }
    this.state.integrate(from, this.graph.eventCount);
  }

  /** Takes in everything that the other one has. */
  pull(other: PacketReplica): void {
    for (const packet of other.packets) this.receive(packet);
  }

  /** What was one run there may name events that are apart here. */
  *#pieces(kind: number, a: Name, count: number): Iterable<{ a: Name; count: number }> {
    if (typeof a === 'number' || (kind !== LIST_DELETE && kind !== REVOKE)) {
      yield { a, count };
      return;
    }
    let from = 0;
    for (let at = 1; at <= count; at += 1) {
      const before = this.#lv([a[0], a[1] + at - 1]);
      if (at < count && this.#lv([a[0], a[1] + at]) === before + 1) continue;
      yield { a: [a[0], a[1] + from], count: at - from };
      from = at;
    }
  }

  #pack(from: number): Packet {
    const { graph, log } = this;
    const runs: Packet['runs'][number][] = [];
    for (let run = log.runAt(from); run < log.runCount; run += 1) {
      const kind = log.kind(run);
      const named = references[kind] ?? '';
      const count = log.end(run) - log.start(run);
      const value = log.value(run);
      const valueCount = kind === LIST_INSERT || kind === LIST_NEST ? count : 1;
      runs.push({
        kind,
        container: this.#name(log.container(run)),
        count,
        a: named.includes('a') ? this.#name(log.a(run)) : log.a(run),
        b: named.includes('b') ? this.#name(log.b(run)) : log.b(run),
        c: named.includes('c') ? this.#name(log.c(run)) : log.c(run),
        values: value < 0 ? [] : log.values.slice(value, value + valueCount),
      });
    }
    return {
      replicaId: this.replicaId,
      sequence: graph.sequenceOf(from),
      parents: graph.parentsOf(from).map((lv) => this.#name(lv)),
      lamport: graph.lamportOf(from),
      runs,
    };
  }

  #name(lv: number): Name {
    if (lv < 0) return lv;
    return [this.graph.replicaId(this.graph.replicaOf(lv)), this.graph.sequenceOf(lv)];
  }

  #lv(name: Name): number {
    if (typeof name === 'number') return name;
    return this.graph.lvOf(this.graph.replicaIndex(name[0]), name[1]);
  }
}
