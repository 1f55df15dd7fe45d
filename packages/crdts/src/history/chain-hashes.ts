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
import {
  isListInsertion,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
} from '../log/operation-kind.ts';
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
  shapeOf,
} from '../wire/operation-shape.ts';
import { writeValue } from '../wire/value-codec.ts';

/** Events between two hashes that are kept. */
const INTERVAL = 4_096;

/** So many hashes that were asked for lately are kept, too: peers name what they were told. */
const RECENT_MAX = 32;

/** Odd, with bits all over: 2^32 divided by the golden ratio. */
const FACTOR = 0x9e37_79b1;

/** Another one, so that a unit changes other bits than a position does. */
const UNIT_FACTOR = 0x85eb_ca6b;

const encoder = new TextEncoder();

type Units = Uint8Array | Uint16Array;

/** What is kept of one replica. */
interface Chain {
  /** Hashes of fewer events than these cannot be worked out. */
  readonly first: number;
  /** The hash of `first` events, and of each interval more, as far as they are known. */
  readonly kept: number[];
  /** Those that were asked for lately, the oldest first, by the number of events they cover. */
  readonly recent: Map<number, number>;
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
   * @remarks
   * O(events since the last hash); for those before that O(1) if it was asked for lately, and at
   * most 4,096 events else.
   */
  hashAt(replica: number, sequence: number): number | undefined {
    const chain = (this.#chains[replica] ??= chainFrom(0, 0, 0, 0));
    if (sequence === chain.sequence) return chain.hash;
    if (sequence < chain.first) return undefined;
    const hash = chain.recent.get(sequence) ?? this.#work(replica, chain, sequence);
    remember(chain.recent, sequence, hash);
    return hash;
  }

  #work(replica: number, chain: Chain, sequence: number): number {
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

  /**
   * Goes on from a hash that was worked out elsewhere.
   *
   * @param first - Events before this one are trimmed, and `firstHash` is theirs.
   * @param sequence - `hash` is that of the events before this one.
   */
  resume(replica: number, first: number, firstHash: number, sequence: number, hash: number): void {
    this.#chains[replica] = chainFrom(first, firstHash, sequence, hash);
  }

  #advance(replica: number, start: number, from: number, to: number): number {
    const graph = this.#graph;
    let hash = start;
    for (let sequence = from; sequence < to;) {
      const lv = graph.lvOf(replica, sequence);
      const events = graph.runAt(lv);
      const stop = Math.min(graph.runEnd(events), lv + to - sequence);
      if (lv === graph.runStart(events)) hash = this.#mixParents(hash, replica, sequence, lv);
      hash = this.#mixRuns(hash, lv, stop);
      sequence += stop - lv;
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

  /** Mixes in what the events from `from` to before `stop` did. */
  #mixRuns(start: number, from: number, stop: number): number {
    const log = this.#log;
    const units = log.text.view(0, log.text.length);
    let hash = start;
    let lv = from;
    for (let run = log.runAt(from); lv < stop; run += 1) {
      const end = Math.min(log.end(run), stop);
      if (log.kind(run) <= TEXT_DELETE_BACKWARD)
        hash = this.#mixText(hash, run, lv, end - lv, units);
      else for (let at = lv; at < end; at += 1) hash = this.#mixOperation(hash, run, at);
      lv = end;
    }
    return hash;
  }

  #mixText(start: number, run: number, lv: number, count: number, units: Units): number {
    const log = this.#log;
    const kind = log.kind(run);
    const container = log.container(run);
    const place = container === ROOT ? 0 : this.#eventHash(container);
    const position = log.aOf(run, lv);
    if (kind === TEXT_INSERT) {
      const offset = log.b(run) + lv - log.start(run);
      return mixInserted(start, position - offset, place ^ 1, units, offset, offset + count);
    }
    return mixDeleted(start, position, place ^ 2, kind === TEXT_DELETE ? 0 : -1, count);
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

function chainFrom(first: number, firstHash: number, sequence: number, hash: number): Chain {
  return { first, kept: [firstHash], recent: new Map(), sequence, hash };
}

/** Puts an entry last, and drops the first one if there are too many. */
function remember(recent: Map<number, number>, sequence: number, hash: number): void {
  recent.delete(sequence);
  recent.set(sequence, hash);
  if (recent.size <= RECENT_MAX) return;
  for (const oldest of recent.keys()) {
    recent.delete(oldest);
    return;
  }
}

/**
 * Mixes in the units from `from` to before `to`, each inserted `shift` after its offset, with bits
 * of what else there is to say.
 */
function mixInserted(
  start: number,
  shift: number,
  bits: number,
  units: Units,
  from: number,
  to: number,
): number {
  let hash = start;
  for (let at = from; at < to; at += 1) {
    hash = mix(hash, ((shift + at) << 2) ^ bits ^ Math.imul(units[at]!, UNIT_FACTOR));
  }
  return hash;
}

/** Mixes in `count` deletions, the first at `position`, each `step` after the one before. */
function mixDeleted(
  start: number,
  position: number,
  bits: number,
  step: number,
  count: number,
): number {
  let hash = start;
  for (let at = 0; at < count; at += 1) hash = mix(hash, ((position + step * at) << 2) ^ bits);
  return hash;
}

/** One step of the chain: a multiplication spreads low bits upwards, the shift brings them back. */
function mix(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, FACTOR);
  return product ^ (product >>> 15);
}
