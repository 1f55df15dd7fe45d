/**
 * Keeps what was delivered for as long as another member may ask for it.
 *
 * Of each origin the messages are numbered without gaps, so what is kept is a piece of that row:
 * all after `forgotten`, up to the last one delivered.
 */
interface Row {
  forgotten: number;
  /** Those before `start` are forgotten, and wait to be cut off. */
  bodies: (Uint8Array | undefined)[];
  start: number;
  sizeBytes: number;
}

/** Forgotten places are cut off when there are as many, and more than half of the row. */
const SLACK_MAX = 64;

/** Bodies of delivered messages, by origin and counter. */
export class MessageLog {
  readonly #rows: readonly Row[];

  /** @param forgotten - Where each row begins: the counter before its first message. */
  constructor(forgotten: Float64Array) {
    this.#rows = Array.from(forgotten, (counter) => ({
      ...{ forgotten: counter, bodies: [], start: 0, sizeBytes: 0 },
    }));
  }

  /** Messages kept, of all origins. */
  get count(): number {
    return this.#rows.reduce((sum, row) => sum + row.bodies.length - row.start, 0);
  }

  /** Their bytes. */
  get sizeBytes(): number {
    return this.#rows.reduce((sum, row) => sum + row.sizeBytes, 0);
  }

  /** Messages kept of one origin. */
  countOf(origin: number): number {
    const row = this.#rows[origin];
    return row === undefined ? 0 : row.bodies.length - row.start;
  }

  /** Their bytes. */
  sizeBytesOf(origin: number): number {
    return this.#rows[origin]?.sizeBytes ?? 0;
  }

  /** The counter up to which messages of `origin` are forgotten. */
  forgottenOf(origin: number): number {
    return this.#rows[origin]?.forgotten ?? 0;
  }

  /** The message with this counter, if it is kept. */
  get(origin: number, counter: number): Uint8Array | undefined {
    const row = this.#rows[origin];
    if (row === undefined || counter <= row.forgotten) return undefined;
    return row.bodies[row.start + counter - row.forgotten - 1];
  }

  /** Keeps the next message of `origin`. */
  append(origin: number, body: Uint8Array): void {
    const row = this.#rows[origin];
    if (row === undefined) return;
    row.bodies.push(body);
    row.sizeBytes += body.length;
  }

  /** Forgets the messages of `origin` up to `counter`, as far as there are any. */
  forget(origin: number, counter: number): void {
    const row = this.#rows[origin];
    if (row === undefined) return;
    while (row.forgotten < counter && row.start < row.bodies.length) {
      row.sizeBytes -= row.bodies[row.start]?.length ?? 0;
      row.bodies[row.start] = undefined;
      row.start += 1;
      row.forgotten += 1;
    }
    if (row.start > SLACK_MAX && row.start * 2 > row.bodies.length) {
      row.bodies = row.bodies.slice(row.start);
      row.start = 0;
    }
  }

  /**
   * The same messages with other indexes.
   *
   * @param sources - For each new index the old one, or -1 for an origin that is new.
   */
  rearranged(sources: readonly number[]): MessageLog {
    const forgotten = Float64Array.from(sources, (source) => this.forgottenOf(source));
    const log = new MessageLog(forgotten);
    sources.forEach((source, index) => {
      const row = this.#rows[source];
      for (const body of row?.bodies.slice(row.start) ?? []) {
        if (body !== undefined) log.append(index, body);
      }
    });
    return log;
  }
}
