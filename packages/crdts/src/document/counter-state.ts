import { COUNTER_ADD, REVOKE } from '../log/operation-kind.ts';
import { corrupt } from '../wire/byte-reader.ts';
import { writeValue } from '../wire/value-codec.ts';
import type { StateReader, StateWriter } from './state-file.ts';
import { type Add, Container, COUNTER, impossible, type Operation } from './container.ts';

/** The sum is kept as a high and a low part, in which no addition is ever rounded. */
const PART = 2 ** 26;

/**
 * A counter: the sum of everything that was added.
 *
 * @remarks
 * A sum of doubles depends on the order of its terms once it is past 2^53; two sums of small parts
 * do not. Additions are exact for the first 2^26 terms at least, and the value that is read is
 * rounded once, from the same parts everywhere.
 *
 * To reset it is to take back the additions that were seen, not to add the opposite: two who do so
 * at once would go below zero.
 */
export class CounterState extends Container {
  readonly type: number = COUNTER;
  #high = 0;
  #low = 0;

  reset(): void {
    this.#high = 0;
    this.#low = 0;
  }

  /** The sum. */
  get value(): number {
    return this.#high * PART + this.#low;
  }

  /** Adds a safe integer. */
  add(amount: number): void {
    this.host.emit(this, COUNTER_ADD, 1, -1, -1, -1, [amount]);
  }

  apply(operation: Operation): void {
    this.#count(operation, 1);
  }

  revoke(operation: Operation, isRevoked: boolean): void {
    this.#count(operation, isRevoked ? -1 : 1);
  }

  isEmpty(): boolean {
    return this.value === 0;
  }

  clear(): void {
    for (const { lv } of this.#adds()) this.host.emit(this, REVOKE, 1, lv, -1, -1, []);
  }

  look(): number {
    return this.value;
  }

  write({ bytes }: StateWriter): void {
    const adds = this.#adds();
    bytes.signed(this.#high);
    bytes.signed(this.#low);
    bytes.varint(adds.length);
    let before = 0;
    for (const { lv, amount } of adds) {
      bytes.varint(lv - before);
      writeValue(bytes, amount);
      before = lv;
    }
  }

  read(from: StateReader): void {
    this.#high = from.bytes.signed();
    this.#low = from.bytes.signed();
    let lv = 0;
    for (let count = from.bytes.count(); count > 0; count -= 1) {
      lv += from.bytes.varint(from.eventCount - lv - 1);
      const amount = from.value();
      if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) {
        throw corrupt('a safe integer', typeof amount);
      }
      this.host.noteAdd(lv, this, amount);
    }
  }

  toJSON(): number {
    return this.value;
  }

  /** Counts what one event added, once more or once less. */
  count(amount: number, sign: number): void {
    this.host.touch(this, '');
    const high = Math.trunc(amount / PART);
    this.#high += sign * high;
    this.#low += sign * (amount - high * PART);
  }

  /** What was added and counts, by ascending events. */
  #adds(): Add[] {
    const { log, baseCount, eventCount } = this.host;
    const adds = [...this.host.addsTo(this)];
    let run = baseCount < log.eventCount ? log.runAt(baseCount) : log.runCount;
    for (; run < log.runCount && log.start(run) < eventCount; run += 1) {
      const lv = log.start(run);
      const isOurs = log.kind(run) === COUNTER_ADD && log.isIn(run, this.lv);
      if (!isOurs || this.host.isRevoked(lv)) continue;
      adds.push({ lv, amount: Number(log.values[log.value(run)]) });
    }
    return adds;
  }

  #count(operation: Operation, sign: number): void {
    const amount = this.host.log.values[operation.value];
    if (operation.kind !== COUNTER_ADD || !Number.isSafeInteger(amount)) {
      throw impossible(operation.kind, 'a safe integer to count');
    }
    this.count(Number(amount), sign);
  }
}
