/** What a line of the trace is about. The README has the columns of each. */
export type TraceKind =
  | 'start' // A node begins to run; mark = its incarnation.
  | 'ready' // Its `start` function has returned; mark = its incarnation.
  | 'exit' // It stopped by itself or on request; mark = its incarnation.
  | 'crash'
  | 'pause'
  | 'resume'
  | 'timer' // One of its timers fires; mark = which timer of this incarnation.
  | 'send' // It sends to `peer`; mark = digest of the payload.
  | 'refuse' // Its send is dropped on the spot; detail says why.
  | 'deliver' // A message of `peer` reaches it; mark = digest of the payload.
  | 'lose' // A message of `peer` to it is lost; detail says why.
  | 'hold' // A message of `peer` to it waits behind a clog.
  | 'peerUp' // It learns that `peer` is there; mark = the incarnation of `peer`.
  | 'peerDown' // It learns that `peer` is gone; detail says why.
  | 'drained' // Its queue to `peer` has room again.
  | 'disk' // One of its disk operations settles; detail = operation and file.
  | 'fault' // A fault of the schedule, or one called for directly, takes effect.
  | 'error' // Its code threw; detail = the message.
  | 'note' // What the test wrote into the trace.
  | 'buggify' // One of its points fires; detail = the point.
  | 'broken'; // A promise was broken, and that ends the run; detail = how.

/** All kinds; the place of one in this list is its number in the hash. */
const traceKinds: readonly TraceKind[] = [
  'start',
  'ready',
  'exit',
  'crash',
  'pause',
  'resume',
  'timer',
  'send',
  'refuse',
  'deliver',
  'lose',
  'hold',
  'peerUp',
  'peerDown',
  'drained',
  'disk',
  'fault',
  'error',
  'note',
  'buggify',
  'broken',
];

const kindCodes: ReadonlyMap<TraceKind, number> = new Map(
  traceKinds.map((kind, index) => [kind, index + 1]),
);

/** One thing that happened. */
export interface TraceLine {
  /** True time since the start of the simulation, in ms with microseconds behind the point. */
  readonly atMs: number;
  readonly kind: TraceKind;
  /** The node it happened to, or empty. */
  readonly node: string;
  /** The other node involved, or empty. */
  readonly peer: string;
  /** Bytes of payload or of disk traffic, else 0. */
  readonly sizeBytes: number;
  /** A number that depends on the kind, else 0. */
  readonly mark: number;
  /** A word or two that depend on the kind, or empty. */
  readonly detail: string;
  /** What the message says, if `TraceOptions.describeMessage` is given. No part of the hash. */
  readonly said?: string;
}

/** How much of the trace to keep. The hash always covers all of it. */
export interface TraceOptions {
  /**
   * How many of the latest lines to keep, 0..2^24; about 60 bytes each. The default is 10 000:
   * enough to see how a failure came about.
   */
  readonly keepLines?: number;
  /**
   * What a message says, in a few words, for readers of the trace. Undefined stands for the name
   * of the protocol; a payload that makes it throw counts as unreadable. It must not change the
   * payload, and says the same of the same bytes. Asked only while lines are kept.
   */
  readonly describeMessage?: MessageDescriber;
}

/** Says in a few words what a payload of `protocol` is. */
export type MessageDescriber = (protocol: string, payload: Uint8Array) => string | undefined;

/**
 * What happened in a simulation, line by line, and a hash of all of it.
 *
 * @remarks
 * Two runs with the same seed and the same code give the same lines and the same hash, on every
 * engine. Adding a line costs O(1) and builds no string; lines are formatted when asked for.
 */
export interface Trace {
  /** Lines so far, kept or not. */
  readonly lineCount: number;
  /** 16 hexadecimal digits over every line so far. */
  hash(): string;
  /** The kept lines, oldest first. */
  lines(): readonly TraceLine[];
  /** The kept lines as text: `atMs kind node peer sizeBytes mark detail`, '-' if empty. */
  print(): string;
}

/** A text that occurs in many lines, with its hash, so that a line costs no hashing of text. */
export interface Label {
  readonly text: string;
  readonly hash: number;
  /** See `TraceLine`. */
  readonly said?: string;
}

/** Stands for an empty column. */
export const noLabel: Label = { text: '', hash: 0 };

/** The trace as its writers see it. */
export class TraceRecorder implements Trace {
  readonly #keepLines: number;
  readonly #describeMessage: MessageDescriber | undefined;
  readonly #kept: LineColumns;
  /** The first line of the current event, which the ring may have lost by the end of it. */
  readonly #first = new LineColumns(1);
  readonly #labels = new Map<string, Label>();
  #count = 0;
  #low = 0x243f6a88;
  #high = 0x13198a2e;
  #isFirstNext = true;

  constructor(options: TraceOptions = {}) {
    const keepLines = options.keepLines ?? 10_000;
    if (!(Number.isInteger(keepLines) && keepLines >= 0 && keepLines <= 2 ** 24)) {
      throw new RangeError(`trace.keepLines: expected 0..2^24, got ${String(keepLines)}`);
    }
    this.#keepLines = keepLines;
    this.#describeMessage = keepLines === 0 ? undefined : options.describeMessage;
    this.#kept = new LineColumns(Math.min(keepLines, 1_024));
  }

  get lineCount(): number {
    return this.#count;
  }

  /** The label of `text`, the same object every time. For texts out of a small set only. */
  label(text: string): Label {
    const known = this.#labels.get(text);
    if (known !== undefined) return known;
    const label = { text, hash: digestText(text) };
    this.#labels.set(text, label);
    return label;
  }

  /** `label`, with what a message says if anybody is there to read it. */
  described(label: Label, protocol: string, payload: Uint8Array): Label {
    if (this.#describeMessage === undefined) return label;
    try {
      const said = this.#describeMessage(protocol, payload) ?? protocol;
      return { ...label, said };
    } catch {
      return { ...label, said: `${protocol}, unreadable` };
    }
  }

  /** The next line is the first of a new event. */
  beginEvent(): void {
    this.#isFirstNext = true;
  }

  /** The first line since `beginEvent`: the event itself; those behind it are what it caused. */
  firstLine(): TraceLine | undefined {
    return this.#isFirstNext ? undefined : this.#first.line(0);
  }

  /** Appends a line. */
  add(
    atUs: number,
    kind: TraceKind,
    node: Label,
    peer: Label,
    sizeBytes: number,
    mark: number,
    detail: Label,
  ): void {
    const code = kindCodes.get(kind) ?? 0;
    this.#mix(atUs);
    this.#mix(Math.floor(atUs / 4_294_967_296));
    this.#mix(code);
    this.#mix(node.hash);
    this.#mix(peer.hash);
    this.#mix(sizeBytes);
    this.#mix(mark);
    this.#mix(detail.hash);

    if (this.#isFirstNext) {
      this.#isFirstNext = false;
      this.#first.put(0, atUs, code, node, peer, sizeBytes, mark, detail);
    }
    if (this.#keepLines > 0) {
      const slot = this.#count % this.#keepLines;
      if (slot >= this.#kept.capacity) this.#kept.grow(this.#keepLines);
      this.#kept.put(slot, atUs, code, node, peer, sizeBytes, mark, detail);
    }
    this.#count += 1;
  }

  hash(): string {
    const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return digits(this.#high) + digits(this.#low);
  }

  lines(): readonly TraceLine[] {
    const keptCount = Math.min(this.#count, this.#keepLines);
    const oldest = this.#count - keptCount;
    return Array.from({ length: keptCount }, (_, index) =>
      this.#kept.line((oldest + index) % this.#keepLines),
    );
  }

  print(): string {
    return this.lines().map(formatLine).join('\n');
  }

  /** Two lanes of multiply and shift, each a bijection of its state: no line is forgotten. */
  #mix(word: number): void {
    const low = Math.imul(this.#low ^ word, 0x85ebca6b);
    this.#low = low ^ (low >>> 15);
    const high = Math.imul((this.#high << 5) | (this.#high >>> 27), 0xc2b2ae35) ^ word ^ low;
    this.#high = high ^ (high >>> 13);
  }
}

/** Lines by column, so that adding one allocates nothing. */
class LineColumns {
  #times: Float64Array;
  #codes: Uint8Array;
  #sizes: Float64Array;
  #marks: Float64Array;
  readonly #nodes: Label[] = [];
  readonly #peers: Label[] = [];
  readonly #details: Label[] = [];

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#codes = new Uint8Array(capacity);
    this.#sizes = new Float64Array(capacity);
    this.#marks = new Float64Array(capacity);
  }

  get capacity(): number {
    return this.#times.length;
  }

  /** Doubles the capacity, at most to `max`. */
  grow(max: number): void {
    const capacity = Math.min(max, 2 * this.capacity);
    const [times, codes, sizes, marks] = [this.#times, this.#codes, this.#sizes, this.#marks];
    this.#times = new Float64Array(capacity);
    this.#codes = new Uint8Array(capacity);
    this.#sizes = new Float64Array(capacity);
    this.#marks = new Float64Array(capacity);
    this.#times.set(times);
    this.#codes.set(codes);
    this.#sizes.set(sizes);
    this.#marks.set(marks);
  }

  put(
    slot: number,
    atUs: number,
    code: number,
    node: Label,
    peer: Label,
    sizeBytes: number,
    mark: number,
    detail: Label,
  ): void {
    this.#times[slot] = atUs;
    this.#codes[slot] = code;
    this.#sizes[slot] = sizeBytes;
    this.#marks[slot] = mark;
    this.#nodes[slot] = node;
    this.#peers[slot] = peer;
    this.#details[slot] = detail;
  }

  line(slot: number): TraceLine {
    const said = this.#details[slot]?.said;
    return {
      atMs: (this.#times[slot] ?? 0) / 1_000,
      kind: traceKinds[(this.#codes[slot] ?? 1) - 1] ?? 'note',
      node: this.#nodes[slot]?.text ?? '',
      peer: this.#peers[slot]?.text ?? '',
      sizeBytes: this.#sizes[slot] ?? 0,
      mark: this.#marks[slot] ?? 0,
      detail: this.#details[slot]?.text ?? '',
      ...(said === undefined ? {} : { said }),
    };
  }
}

/** One row of `Trace.print`. */
function formatLine(line: TraceLine): string {
  const columns = [
    line.atMs.toFixed(3),
    line.kind,
    line.node,
    line.peer,
    line.sizeBytes === 0 ? '' : String(line.sizeBytes),
    line.mark === 0 ? '' : String(line.mark),
    line.detail,
  ];
  const row = columns.map((column) => (column === '' ? '-' : column)).join(' ');
  return line.said === undefined ? row : `${row} ${line.said}`;
}

/** 32 bits that stand for `text`: FNV-1a over its UTF-16 code units. */
export function digestText(text: string): number {
  let digest = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    digest = Math.imul(digest ^ text.charCodeAt(index), 0x01000193);
  }
  return digest | 0;
}

/** 32 bits that stand for `bytes`: FNV-1a over their length, first 512 and last 512 bytes. */
export function digestBytes(bytes: Uint8Array): number {
  const size = bytes.length;
  let digest = Math.imul(0x811c9dc5 ^ size, 0x01000193);
  const headEnd = Math.min(size, 512);
  for (let index = 0; index < headEnd; index += 1) {
    digest = Math.imul(digest ^ (bytes[index] ?? 0), 0x01000193);
  }
  for (let index = Math.max(headEnd, size - 512); index < size; index += 1) {
    digest = Math.imul(digest ^ (bytes[index] ?? 0), 0x01000193);
  }
  return digest >>> 0;
}
