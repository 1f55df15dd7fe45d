/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Runs are numbered below `runCount`; `?? 0` would cost each field a test. */

/*
 * The event graph: who did something, and what of the others' work was known then.
 *
 * An event is one character inserted or deleted, or one other operation. Its id is a replica and
 * the number of the event among those of that replica. Its parents are the latest events that its
 * author knew, so that the graph says of any two events whether one came after the other or both
 * came about apart. Everything else of a document follows from the graph and from what each event
 * did, which is why only these two are stored and sent.
 *
 * Ids are clumsy to compute with. Each event gets a local number besides, its local version (LV),
 * dense from 0 in the order of arrival, and an event arrives after its parents. So a smaller LV
 * never descends from a larger one, and tables over events are plain arrays. Local versions mean
 * nothing to another replica.
 *
 * A person types a hundred characters in a row: events of one replica, each the only parent of the
 * next. Such a run takes one row, however long it is:
 *
 *   start LV  replica  sequence  parents  Lamport time
 *          0    ann           0        –             0      events 0..9
 *         10    bob           0        4             5      bob knew ann's first five
 *         12    ann          10     9 11            10      ann knows all
 *
 * Two facts are kept up to date as events come, because each edit asks for them. An event is
 * *linear* if its parents were the whole frontier, that is, if its author knew everything that was
 * here. A *critical version* is an event that every earlier one precedes and every later one
 * follows; nothing before it will ever be concurrent with anything after it, so whoever merges can
 * start from there. A newcomer with the parents P ends the critical versions after the latest of P.
 *
 * Source: Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster,
 * Smaller", EuroSys 2025; Lamport, "Time, Clocks, and the Ordering of Events in a Distributed
 * System", CACM 1978.
 */
import { CorruptBytesError } from '../errors.ts';
import type { ReplicaId } from '../replica-id.ts';
import { dominatorsOf, versionContains, walkDifference } from './version-walk.ts';

/** The most events of a graph. Numbers of events leave room for two bits in an int32. */
export const EVENT_COUNT_MAX: number = 2 ** 29;

/** The most events of one replica. */
const SEQUENCE_MAX = 2 ** 31 - 1;

/** Events from `start` to before `end`. */
export interface EventRange {
  readonly start: number;
  readonly end: number;
}

/** What is known of the events of a graph before they are read. */
export interface GraphSummary {
  /** How many events each replica has: at least 1. */
  readonly counts: ReadonlyMap<ReplicaId, number>;
  /** The events that none descends from, ascending: the last one is the latest event. */
  readonly frontier: readonly number[];
  readonly runCount: number;
  /** Of the latest run. */
  readonly lastStart: number;
  readonly lastReplica: ReplicaId;
  readonly lastLamport: number;
}

/** Fields of a run; a run ends where the next one starts. */
const START = 0;
const REPLICA = 1;
const SEQUENCE = 2;
/** The LV of the only parent; -1 for none; -2 - k for the k-th entry of `#joins`. */
const PARENT = 3;
const LAMPORT = 4;
const LINEAR = 5;
const FIELD_COUNT = 6;

/** Events, their ids and their order. Grows by `append`; see the head of this file. */
export class CausalGraph {
  readonly #ids: ReplicaId[] = [];
  readonly #indexOf = new Map<ReplicaId, number>();
  /** Of each replica, its runs in ascending order of sequence. */
  readonly #runsOf: number[][] = [];
  readonly #next: number[] = [];
  #runs = new Int32Array(0);
  #runCount = 0;
  /** How many events there are: the LV of the next one; for others to read. */
  eventCount = 0;
  /** The first event of the latest run; for others to read. */
  lastStart = 0;
  /** Whose run the latest one is, or -1; for others to read. */
  lastReplica = -1;
  /** How many events there can be if all of the next ones go on with that run. */
  #lastMax = 0;
  /** What to add to the number of events for the next sequence number of that replica. */
  #lastShift = 0;
  /** How many events `#next`, `#heads` and `#critical` know of; see `goOn`. */
  #settledCount = 0;
  readonly #joins: (readonly number[])[] = [];
  readonly #heads: number[] = [];
  /** Pairs of first and last event: ascending ranges of critical versions. */
  readonly #critical: number[] = [];
  #found = -1;
  /** Appends to another graph the first events, as long as nobody asked for them. */
  #read: ((into: CausalGraph) => void) | undefined;
  #summary: GraphSummary | undefined;
  /** Events and runs that were deferred and are not known from the summary. */
  #deferredEvents = 0;
  #deferredRuns = 0;

  /** A graph without events. */
  constructor() {
    // Written a second time at once: a compiler takes what was written once for a constant, and
    // would have to begin anew when there are more runs.
    this.#runs = new Int32Array(16 * FIELD_COUNT);
    this.#found = 0;
    this.#lastMax = -1;
    this.#lastShift = -1;
    this.#settledCount = 0;
    this.lastStart = 0;
    this.eventCount = 0;
  }

  /** The events that none descends from, ascending; a copy. Empty without events. */
  get frontier(): readonly number[] {
    this.#settle();
    return this.#heads.slice();
  }

  /**
   * Says of an empty graph what its first events are like, which `read` appends to another graph
   * when somebody first asks for more: a file is opened and edited without.
   *
   * @throws CorruptBytesError if the summary makes no sense.
   */
  defer(summary: GraphSummary, read: (into: CausalGraph) => void): void {
    const { counts, frontier, runCount, lastStart, lastReplica, lastLamport } = summary;
    let eventCount = 0;
    for (const [id, count] of counts) {
      this.#next[this.replicaIndex(id)] = count;
      eventCount += count;
    }
    const length = eventCount - lastStart;
    const sequence = (counts.get(lastReplica) ?? 0) - length;
    const last = frontier[frontier.length - 1];
    const isInOrder = frontier.every((lv, at) => lv > (frontier[at - 1] ?? -1));
    const isPossible = length > 0 && sequence >= 0 && isInOrder && last === eventCount - 1;
    if (!isPossible || eventCount > EVENT_COUNT_MAX || runCount > eventCount) {
      throw new CorruptBytesError('graph: expected a summary of events, got another');
    }
    this.#runs = new Int32Array((runCount + 16) * FIELD_COUNT);
    this.#runCount = runCount - 1;
    this.eventCount = lastStart;
    this.#pushRun(this.replicaIndex(lastReplica), sequence, -1, lastLamport, false);
    this.eventCount = eventCount;
    this.#settledCount = eventCount;
    this.#heads.push(...frontier);
    this.#deferredEvents = lastStart;
    this.#deferredRuns = runCount;
    this.#summary = summary;
    this.#read = read;
  }

  /**
   * Reads what was deferred, if it was not read yet.
   *
   * @throws CorruptBytesError if it makes no sense; nothing has changed then.
   */
  open(): void {
    const summary = this.#summary;
    if (this.#read === undefined || summary === undefined) return;
    this.#settle();
    const past = new CausalGraph();
    for (const id of this.#ids) past.replicaIndex(id);
    this.#read(past);
    const runCount = this.#deferredRuns;
    const last = (runCount - 1) * FIELD_COUNT;
    const isSame =
      past.#runCount === runCount &&
      past.#ids.length === this.#ids.length &&
      past.#ids.every((id, at) => past.#next[at] === (summary.counts.get(id) ?? 0)) &&
      sameNumbers(past.#heads, summary.frontier) &&
      [START, REPLICA, SEQUENCE, LAMPORT].every(
        (field) => past.#runs[last + field] === this.#runs[last + field],
      );
    if (!isSame) throw new CorruptBytesError('graph: expected events as in the summary');
    this.#runs.set(past.#runs.subarray(0, runCount * FIELD_COUNT));
    this.#joins.push(...past.#joins);
    for (const [replica, runs] of this.#runsOf.entries()) {
      const later = runs.filter((run) => run >= runCount);
      this.#runsOf[replica] = [...past.#runsOf[replica]!, ...later];
    }
    this.#deferredEvents = 0;
    this.#deferredRuns = 0;
    this.#read = undefined;
    this.#summary = undefined;
    this.#recount();
  }

  /** How many replicas have a number here. */
  get replicaCount(): number {
    return this.#ids.length;
  }

  /** The number of a replica, given at the first call: dense from 0, in local order. */
  replicaIndex(id: ReplicaId): number {
    const known = this.#indexOf.get(id);
    if (known !== undefined) return known;
    const index = this.#ids.length;
    this.#ids.push(id);
    this.#indexOf.set(id, index);
    this.#runsOf.push([]);
    this.#next.push(0);
    return index;
  }

  /** The number of a replica that has one, else -1. */
  indexOfReplica(id: ReplicaId): number {
    return this.#indexOf.get(id) ?? -1;
  }

  /** The id of the replica with this number. */
  replicaId(replica: number): ReplicaId {
    return this.#ids[replica]!;
  }

  /** The sequence number that the next event of a replica has. */
  nextSequence(replica: number): number {
    // Asked for each keystroke that arrives: of the latest replica, it needs not be settled.
    return replica === this.lastReplica ? this.eventCount + this.#lastShift : this.#next[replica]!;
  }

  /**
   * Adds `count` events of a replica, each the only parent of the next one.
   *
   * @param parents - Parents of the first event, any order; those that another one descends from
   *   are dropped.
   * @returns the LV of the first event.
   * @throws RangeError if `sequence` is not the next one of the replica, if `count` is below 1, if
   *   a parent is none of the events so far, or if there would be more than 2^29 events.
   */
  append(replica: number, sequence: number, count: number, parents: readonly number[]): number {
    if (parents.length < 2) return this.appendAfter(replica, sequence, count, parents[0] ?? -1);
    this.#settle();
    for (const parent of parents) this.#checkParent(parent, 0);
    const [one = 0, two = 0] = parents;
    // Nothing descends from a head: two of which the earlier one is a head are a frontier.
    const isFrontier =
      parents.length === 2 && one !== two && this.#heads.includes(Math.min(one, two));
    const frontier = isFrontier
      ? [Math.min(one, two), Math.max(one, two)]
      : dominatorsOf(this, parents);
    if (frontier.length === 1) return this.appendAfter(replica, sequence, count, frontier[0]!);
    this.#checkEvents(replica, sequence, count);
    return this.#appendJoin(replica, sequence, count, frontier);
  }

  /** `append` with one parent, or with none if `parent` is -1. Allocates nothing. */
  appendAfter(replica: number, sequence: number, count: number, parent: number): number {
    this.#settle();
    this.#checkEvents(replica, sequence, count);
    this.#checkParent(parent, -1);
    const lv = this.eventCount;
    const heads = this.#heads;
    const linear = heads.length === 0 ? parent < 0 : heads.length === 1 && heads[0] === parent;
    if (!linear && this.#read !== undefined) this.open();
    const last = (this.#runCount - 1) * FIELD_COUNT;
    if (lv === 0 || parent !== lv - 1 || this.#runs[last + REPLICA] !== replica) {
      this.#pushRun(replica, sequence, parent, parent < 0 ? 0 : this.lamportOf(parent) + 1, linear);
    }
    if (linear) {
      heads[0] = lv + count - 1;
    } else {
      const at = heads.indexOf(parent);
      if (at >= 0) heads.splice(at, 1);
      heads.push(lv + count - 1);
    }
    this.#finish(replica, count, parent, linear);
    return lv;
  }

  /** `append` after everything that is here: an edit of this replica. Returns its first LV. */
  appendLocal(replica: number, count: number): number {
    const heads = this.#heads;
    const lv = this.eventCount;
    if (heads.length === 1 && this.goOn(replica, count)) return lv;
    this.#settle();
    const sequence = this.#next[replica]!;
    if (heads.length < 2) return this.appendAfter(replica, sequence, count, heads[0] ?? -1);
    this.open();
    this.#checkEvents(replica, sequence, count);
    return this.#appendJoin(replica, sequence, count, heads.slice());
  }

  /**
   * `append` after the latest event alone, if that one is of the same replica, too, else false: who
   * types goes on with the latest run, of which nothing but the end changes. `count` is at least 1.
   */
  goOn(replica: number, count: number): boolean {
    const end = this.eventCount + count;
    if (replica !== this.lastReplica || end > this.#lastMax) return false;
    this.eventCount = end;
    return true;
  }

  /** Makes up for what `goOn` left: it only counts, since nobody asks after each keystroke. */
  #settle(): void {
    const count = this.eventCount - this.#settledCount;
    if (count === 0) return;
    this.#settledCount = this.eventCount;
    this.#next[this.lastReplica]! += count;
    const last = this.eventCount - 1;
    const heads = this.#heads;
    heads[heads.length - 1] = last;
    if (heads.length === 1) this.#critical[this.#critical.length - 1] = last;
  }

  /** The LV of an event by its id, or -1 if it is not here. */
  lvOf(replica: number, sequence: number): number {
    this.#settle();
    if (replica < 0 || sequence < 0 || !(sequence < this.#next[replica]!)) return -1;
    let runs = this.#runsOf[replica]!;
    if (runs.length === 0 || sequence < this.runSequence(runs[0]!)) {
      this.open();
      runs = this.#runsOf[replica]!;
    }
    let low = 0;
    let high = runs.length - 1;
    if (sequence >= this.runSequence(runs[high]!)) low = high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.runSequence(runs[middle]!) <= sequence) low = middle;
      else high = middle - 1;
    }
    const run = runs[low]!;
    return this.runStart(run) + sequence - this.runSequence(run);
  }

  /** The number of the replica whose event this is. */
  replicaOf(lv: number): number {
    return this.runReplica(this.runAt(lv));
  }

  /** The number of this event among those of its replica. */
  sequenceOf(lv: number): number {
    const run = this.runAt(lv);
    return this.runSequence(run) + lv - this.runStart(run);
  }

  /** The parents of an event, ascending. */
  parentsOf(lv: number): readonly number[] {
    const run = this.runAt(lv);
    return lv > this.runStart(run) ? [lv - 1] : this.runParents(run);
  }

  /** The Lamport time of an event: 0 without parents, else one more than the latest of theirs. */
  lamportOf(lv: number): number {
    const at = this.runAt(lv) * FIELD_COUNT;
    return this.#runs[at + LAMPORT]! + lv - this.#runs[at]!;
  }

  /**
   * Whether `left` loses against `right` where the last writer wins, the same on every replica:
   * lower Lamport time, then smaller replica id by code units.
   */
  isBefore(left: number, right: number): boolean {
    const lead = this.lamportOf(left) - this.lamportOf(right);
    return lead === 0 ? this.precedesById(left, right) : lead < 0;
  }

  /** Whether the id of `left` is smaller: replica id by code units, then sequence. */
  precedesById(left: number, right: number): boolean {
    const leftReplica = this.replicaOf(left);
    const rightReplica = this.replicaOf(right);
    if (leftReplica === rightReplica) return this.sequenceOf(left) < this.sequenceOf(right);
    return this.#ids[leftReplica]! < this.#ids[rightReplica]!;
  }

  /** Whether the author of the events of a run knew everything that was here before. */
  isLinearRun(run: number): boolean {
    return this.#runs[run * FIELD_COUNT + LINEAR] === 1;
  }

  /** The latest critical version before `lv`, or -1: then only the empty version is. */
  criticalBefore(lv: number): number {
    const range = this.#criticalRange(lv - 1);
    return range < 0 ? -1 : Math.min(this.#critical[range + 1]!, lv - 1);
  }

  /** The first critical version from `lv` on, or the number of events. */
  criticalFrom(lv: number): number {
    const range = this.#criticalRange(lv);
    if (range >= 0 && this.#critical[range + 1]! >= lv) return lv;
    return this.#critical[range + 2] ?? this.eventCount;
  }

  /** The first event after `lv`, which is critical, that is not. */
  criticalEnd(lv: number): number {
    return this.#critical[this.#criticalRange(lv) + 1]! + 1;
  }

  /** Where in `#critical` the last range is that begins at `lv` or before, or -2. */
  #criticalRange(lv: number): number {
    this.#settle();
    this.open();
    const critical = this.#critical;
    let low = 0;
    let high = critical.length >> 1;
    if (high > 0 && critical[2 * high - 2]! <= lv) return 2 * high - 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (critical[2 * middle]! <= lv) low = middle + 1;
      else high = middle;
    }
    return 2 * low - 2;
  }

  /** Whether the version has the event. Cost: the runs after it at most. */
  contains(frontier: readonly number[], lv: number): boolean {
    return versionContains(this, frontier, lv);
  }

  /** What only version `a` has and what only `b` has, each in ascending order. */
  diff(
    a: readonly number[],
    b: readonly number[],
  ): { readonly onlyA: readonly EventRange[]; readonly onlyB: readonly EventRange[] } {
    const out: number[] = [];
    walkDifference(this, a, b, out);
    const onlyA: EventRange[] = [];
    const onlyB: EventRange[] = [];
    for (let at = out.length - 3; at >= 0; at -= 3) {
      (out[at + 2] === 1 ? onlyA : onlyB).push({ start: out[at]!, end: out[at + 1]! });
    }
    return { onlyA, onlyB };
  }

  /**
   * The frontier of the version that has, of each replica, the events below the number given.
   *
   * @param vector - By number of replica; what is missing counts as 0, what is more than we have
   *   as all that we have. Events that those descend from belong to the version, too.
   */
  frontierOf(vector: readonly number[]): readonly number[] {
    this.#settle();
    const lvs: number[] = [];
    for (let replica = 0; replica < vector.length; replica += 1) {
      const next = Math.min(vector[replica]!, this.#next[replica] ?? 0);
      const lv = this.lvOf(replica, next - 1);
      if (lv >= 0) lvs.push(lv);
    }
    return dominatorsOf(this, lvs);
  }

  /** Forgets the latest events, so that `eventCount` are left. Replicas keep their numbers. */
  truncate(eventCount: number): void {
    while (this.#runCount > 0 && this.runStart(this.#runCount - 1) >= eventCount) {
      const run = this.#runCount - 1;
      const replica = this.runReplica(run);
      this.#runsOf[replica]!.pop();
      this.#next[replica] = this.runSequence(run);
      if (this.#runs[run * FIELD_COUNT + PARENT]! < -1) this.#joins.pop();
      this.#runCount -= 1;
    }
    this.eventCount = Math.min(this.eventCount, eventCount);
    this.#settledCount = this.eventCount;
    const last = this.#runCount - 1;
    this.lastReplica = -1;
    this.lastStart = last < 0 ? 0 : this.runStart(last);
    if (last >= 0) {
      const length = this.eventCount - this.runStart(last);
      this.#next[this.runReplica(last)] = this.runSequence(last) + length;
    }
    this.#found = 0;
    this.#recount();
  }

  /** How many runs there are. */
  get runCount(): number {
    this.open();
    return this.#runCount;
  }

  /** The run that an event belongs to. */
  runAt(lv: number): number {
    if (lv < this.#deferredEvents) this.open();
    const runs = this.#runs;
    let high = this.#runCount - 1;
    if (high >= 0 && lv >= runs[high * FIELD_COUNT]!) return high;
    let found = this.#found;
    if (lv >= runs[found * FIELD_COUNT]!) {
      if (lv >= this.runEnd(found)) found += 1;
      if (lv < this.runEnd(found)) {
        this.#found = found;
        return found;
      }
    }
    let low = 0;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (runs[middle * FIELD_COUNT]! <= lv) low = middle;
      else high = middle - 1;
    }
    this.#found = low;
    return low;
  }

  /** The run of an event that is before run `run`. Quick if it is one of the last before that. */
  runBefore(run: number, lv: number): number {
    const least = Math.max(run - 8, this.#deferredRuns);
    for (let at = run - 1; at >= least; at -= 1) {
      if (this.#runs[at * FIELD_COUNT]! <= lv) return at;
    }
    return this.runAt(lv);
  }

  /** The first event of a run. */
  runStart(run: number): number {
    return this.#runs[run * FIELD_COUNT]!;
  }

  /** The event after the last one of a run. */
  runEnd(run: number): number {
    return run + 1 < this.#runCount ? this.#runs[(run + 1) * FIELD_COUNT]! : this.eventCount;
  }

  /** The number of the replica of a run. */
  runReplica(run: number): number {
    return this.#runs[run * FIELD_COUNT + REPLICA]!;
  }

  /** The sequence number of the first event of a run. */
  runSequence(run: number): number {
    return this.#runs[run * FIELD_COUNT + SEQUENCE]!;
  }

  /** The parents of the first event of a run, ascending. */
  runParents(run: number): readonly number[] {
    if (run < this.#deferredRuns) this.open();
    const parent = this.#runs[run * FIELD_COUNT + PARENT]!;
    return parent < -1 ? this.#joins[-2 - parent]! : parent < 0 ? [] : [parent];
  }

  /** The parent number `at` of a run, or -1 if it has fewer. Allocates nothing. */
  runParent(run: number, at: number): number {
    if (run < this.#deferredRuns) this.open();
    const parent = this.#runs[run * FIELD_COUNT + PARENT]!;
    if (parent >= -1) return at === 0 ? parent : -1;
    return this.#joins[-2 - parent]![at] ?? -1;
  }

  #appendJoin(replica: number, sequence: number, count: number, parents: number[]): number {
    const lv = this.eventCount;
    const linear = sameNumbers(parents, this.#heads);
    let lamport = 0;
    for (const parent of parents) lamport = Math.max(lamport, this.lamportOf(parent) + 1);
    this.#joins.push(parents);
    this.#pushRun(replica, sequence, -1 - this.#joins.length, lamport, linear);
    removeAll(this.#heads, parents);
    this.#heads.push(lv + count - 1);
    this.#finish(replica, count, parents[parents.length - 1]!, linear);
    return lv;
  }

  #pushRun(
    replica: number,
    sequence: number,
    parent: number,
    lamport: number,
    linear: boolean,
  ): void {
    const at = this.#runCount * FIELD_COUNT;
    if (at === this.#runs.length) {
      const grown = new Int32Array(2 * at);
      grown.set(this.#runs);
      this.#runs = grown;
    }
    const runs = this.#runs;
    runs[at + START] = this.eventCount;
    this.lastStart = this.eventCount;
    runs[at + REPLICA] = replica;
    runs[at + SEQUENCE] = sequence;
    runs[at + PARENT] = parent;
    runs[at + LAMPORT] = lamport;
    runs[at + LINEAR] = linear ? 1 : 0;
    this.#runsOf[replica]!.push(this.#runCount);
    this.#runCount += 1;
  }

  /** Counts the events just added; `parent` is the latest parent of the first one. */
  #finish(replica: number, count: number, parent: number, linear: boolean): void {
    const lv = this.eventCount;
    this.eventCount = lv + count;
    this.#settledCount = lv + count;
    this.#next[replica]! += count;
    this.lastReplica = replica;
    this.#lastShift = this.#next[replica]! - this.eventCount;
    this.#lastMax = Math.min(EVENT_COUNT_MAX, SEQUENCE_MAX - this.#lastShift);
    this.#updateCritical(lv, lv + count - 1, linear ? lv : parent);
  }

  /** Critical versions after `bound` end; if it is `first`, the new events are critical. */
  #updateCritical(first: number, last: number, bound: number): void {
    const critical = this.#critical;
    if (bound === first) {
      if (critical.length > 0 && critical[critical.length - 1] === first - 1) {
        critical[critical.length - 1] = last;
      } else {
        critical.push(first, last);
      }
      return;
    }
    while (critical.length > 0 && critical[critical.length - 2]! > bound) critical.length -= 2;
    if (critical.length > 0 && critical[critical.length - 1]! > bound) {
      critical[critical.length - 1] = bound;
    }
  }

  /** Works out the frontier and the critical versions again, from the runs. */
  #recount(): void {
    const heads = this.#heads;
    heads.length = 0;
    this.#critical.length = 0;
    for (let run = 0; run < this.#runCount; run += 1) {
      const parents = this.runParents(run);
      removeAll(heads, parents);
      heads.push(this.runEnd(run) - 1);
      const start = this.runStart(run);
      const linear = this.#runs[run * FIELD_COUNT + LINEAR] === 1;
      const bound = linear ? start : (parents[parents.length - 1] ?? -1);
      this.#updateCritical(start, this.runEnd(run) - 1, bound);
    }
  }

  #checkEvents(replica: number, sequence: number, count: number): void {
    const next = this.#next[replica];
    if (sequence !== next)
      throw new RangeError(`sequence: expected ${String(next)}, got ${sequence}`);
    if (!(count >= 1)) throw new RangeError(`count: expected at least 1, got ${count}`);
    if (!(this.eventCount + count <= EVENT_COUNT_MAX && sequence + count <= SEQUENCE_MAX)) {
      throw new RangeError(`count: expected at most 2^29 events in all, got ${count} more`);
    }
  }

  #checkParent(parent: number, least: number): void {
    if (!(parent >= least && parent < this.eventCount)) {
      throw new RangeError(`parents: expected events that are here, got ${parent}`);
    }
  }
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

/** Takes the numbers of `parents` out of `heads`. */
function removeAll(heads: number[], parents: readonly number[]): void {
  for (const parent of parents) {
    const at = heads.indexOf(parent);
    if (at >= 0) heads.splice(at, 1);
  }
}
