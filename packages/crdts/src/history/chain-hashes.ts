/*
 * A hash of what a replica did, up to any of its events: two replicas that number events under one
 * id are found out by comparing versions, before either has sent the other a single event.
 *
 * The hash is chained over single events, so that it does not depend on how they are cut into runs
 * or in which order those of different replicas arrived. Of parents only those count that are not
 * simply the replica's previous event. It is worked out when somebody asks for a version, from the
 * last event that was hashed, and kept at every so many events, since peers lag behind.
 *
 * 32 bits find an accident with a chance of 1 - 2^-32. They are no proof against forgery.
 */

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes are below lengths; every event of a history goes through here. */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE_BACKWARD, TEXT_INSERT, isListInsertion } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { crc32c } from '../wire/crc32c.ts';
import {
  HAS_A,
  HAS_B,
  HAS_C,
  HAS_NUMBERS,
  HAS_VALUE,
  HAS_VALUES,
  IS_TEXT,
  shapeOf,
} from '../wire/operation-shape.ts';
import { writeValue } from '../wire/value-codec.ts';

/** Events between two hashes that are kept. */
const INTERVAL = 4_096;

const encoder = new TextEncoder();

/** What is kept of one replica. */
interface Chain {
  /** Hashes of fewer events than these cannot be worked out. */
  readonly first: number;
  /** The hash of `first` events, and of each interval more, as far as they are known. */
  readonly kept: number[];
  /** The latest hash, and the number of events that it covers. */
  sequence: number;
  hash: number;
}

/** Hashes of the events of each replica, worked out as far as they are asked for. */
export class ChainHashes {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #chains: Chain[] = [];
  readonly #idHashes: number[] = [];

  constructor(graph: CausalGraph, log: OperationLog) {
    this.#graph = graph;
    this.#log = log;
  }

  /**
   * The hash of the events of `replica` below `sequence`, which must be here: 32 bits, signed.
   *
   * @returns undefined if what those events did was trimmed.
   *
   * @remarks O(events since the last hash), and at most 4,096 of them for events before that.
   */
  hashAt(replica: number, sequence: number): number | undefined {
    const chain = (this.#chains[replica] ??= { first: 0, kept: [0], sequence: 0, hash: 0 });
    if (sequence === chain.sequence) return chain.hash;
    if (sequence < chain.first) return undefined;
    if (sequence < chain.sequence) {
      const index = Math.floor((sequence - chain.first) / INTERVAL);
      const from = chain.first + index * INTERVAL;
      if (index < chain.kept.length) {
        return this.#advance(replica, chain.kept[index]!, from, sequence);
      }
      // It was resumed further on, so what lies between was never hashed here.
      chain.sequence = chain.first + (chain.kept.length - 1) * INTERVAL;
      chain.hash = chain.kept[chain.kept.length - 1]!;
    }
    while (chain.sequence < sequence) {
      const boundary = chain.first + chain.kept.length * INTERVAL;
      const to = boundary > chain.sequence ? Math.min(boundary, sequence) : sequence;
      chain.hash = this.#advance(replica, chain.hash, chain.sequence, to);
      chain.sequence = to;
      if (to === boundary) chain.kept.push(chain.hash);
    }
    return chain.hash;
  }

  /** How many events of a replica are trimmed. */
  firstOf(replica: number): number {
    return this.#chains[replica]?.first ?? 0;
  }

  /**
   * Goes on from a hash that was worked out elsewhere.
   *
   * @param first - Events before this one are trimmed, and `firstHash` is theirs.
   * @param sequence - `hash` is that of the events before this one.
   */
  resume(replica: number, first: number, firstHash: number, sequence: number, hash: number): void {
    this.#chains[replica] = { first, kept: [firstHash], sequence, hash };
  }

  #advance(replica: number, start: number, from: number, to: number): number {
    const graph = this.#graph;
    let hash = start;
    for (let sequence = from; sequence < to;) {
      const lv = graph.lvOf(replica, sequence);
      const events = graph.runAt(lv);
      const run = this.#log.runAt(lv);
      const end = Math.min(graph.runEnd(events), this.#log.end(run), lv + to - sequence);
      if (lv === graph.runStart(events)) hash = this.#mixParents(hash, replica, sequence, lv);
      hash = this.#mixRun(hash, run, lv, end);
      sequence += end - lv;
    }
    return hash;
  }

  #mixParents(hash: number, replica: number, sequence: number, lv: number): number {
    const graph = this.#graph;
    const parents = graph.parentsOf(lv);
    const isGuessed =
      parents.length === 0
        ? sequence === 0
        : parents.length === 1 && parents[0] === graph.lvOf(replica, sequence - 1);
    if (isGuessed) return hash;
    // A sum, because local versions order the parents differently on each replica.
    let sum = parents.length;
    for (const parent of parents) sum = (sum + this.#eventHash(parent)) | 0;
    return mix(hash, sum);
  }

  #mixRun(start: number, run: number, from: number, end: number): number {
    const log = this.#log;
    const kind = log.kind(run);
    const container = log.container(run);
    let hash = start;
    if ((shapeOf(kind) & IS_TEXT) === 0) {
      for (let lv = from; lv < end; lv += 1) hash = this.#mixOperation(hash, run, lv);
      return hash;
    }
    const place = container === ROOT ? 0 : this.#eventHash(container);
    const first = log.a(run);
    const step = kind === TEXT_INSERT ? 1 : kind === TEXT_DELETE_BACKWARD ? -1 : 0;
    const offset = from - log.start(run);
    const count = end - from;
    const text =
      kind === TEXT_INSERT
        ? log.text.view(log.b(run) + offset, log.b(run) + offset + count)
        : undefined;
    for (let at = 0; at < count; at += 1) {
      const position = first + step * (offset + at);
      hash = mix(hash, (position << 2) ^ place ^ (text === undefined ? 2 : 1));
      if (text !== undefined) hash = mix(hash, text[at]!);
    }
    return hash;
  }

  #mixOperation(start: number, run: number, lv: number): number {
    const log = this.#log;
    const kind = log.kind(run);
    const shape = shapeOf(kind);
    let hash = mix(mix(start, kind), this.#eventHash(log.container(run)));
    if ((shape & HAS_NUMBERS) !== 0) hash = mix(mix(hash, log.a(run)), log.b(run));
    const isLater = isListInsertion(kind) && lv > log.start(run);
    if ((shape & HAS_A) !== 0)
      hash = mix(hash, this.#eventHash(isLater ? lv - 1 : log.aOf(run, lv)));
    if ((shape & HAS_B) !== 0) hash = mix(hash, this.#eventHash(log.b(run)));
    if ((shape & HAS_C) !== 0) hash = mix(hash, this.#eventHash(log.c(run)));
    if ((shape & (HAS_VALUE | HAS_VALUES)) === 0) return hash;
    const writer = new ByteWriter();
    writeValue(writer, log.values[log.value(run) + lv - log.start(run)] ?? null);
    return mix(hash, crc32c(writer.view(), 0, writer.sizeBytes));
  }

  /** Of an event by its id, which is the same everywhere; of a negative number, the number. */
  #eventHash(lv: number): number {
    if (lv < 0) return lv;
    const replica = this.#graph.replicaOf(lv);
    return mix(this.#idHash(replica), this.#graph.sequenceOf(lv));
  }

  #idHash(replica: number): number {
    const known = this.#idHashes[replica];
    if (known !== undefined) return known;
    const bytes = encoder.encode(this.#graph.replicaId(replica));
    const hash = crc32c(bytes, 0, bytes.length);
    this.#idHashes[replica] = hash;
    return hash;
  }
}

/** One step of the chain: a multiplication spreads low bits upwards, the shift brings them back. */
function mix(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e37_79b1);
  return product ^ (product >>> 15);
}
