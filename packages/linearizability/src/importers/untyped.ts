import { HistoryError } from '../errors.ts';
import type { Scalar } from '../models/register.ts';

/** Where a value stands. Millions are read and none complained of: it is put together only then. */
export type Path = () => string;

/** A value from a file, asked for as what it ought to be. Knows its place, for messages. */
export class Untyped {
  readonly #value: unknown;
  readonly #path: Path;

  /** @param path - Where it stands: `operation 3 of process a: input`. */
  constructor(value: unknown, path: Path) {
    this.#value = value;
    this.#path = path;
  }

  /** Whether it was left out, or null. */
  get isNothing(): boolean {
    return this.#value === undefined || this.#value === null;
  }

  /** Whether the file says anything here. */
  get isThere(): boolean {
    return this.#value !== undefined;
  }

  /** A field of an object, inherited ones excepted. */
  field(name: string): Untyped {
    const object = this.#object();
    const value: unknown = Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
    return new Untyped(value, () => `${this.#path()}.${name}`);
  }

  /** One of the words in `known`. */
  word<Word extends string>(known: readonly Word[]): Word {
    const found = known.find((word) => word === this.#value);
    return found ?? this.#fail(`one of ${known.join(', ')}`);
  }

  boolean(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.#fail('true or false');
  }

  /** A text. A number or a boolean counts as its JSON text. */
  text(): string {
    const value = this.#value;
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean') return String(value);
    return typeof value === 'number' ? JSON.stringify(this.number()) : this.#fail('a text');
  }

  /** Finite; an integer only if a double holds it exactly. JSON writers disagree about -0. */
  number(): number {
    const value = this.#value;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.#fail('a finite number');
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return this.#fail('a number below 2^53 (write larger ones as texts)');
    }
    return value === 0 ? 0 : value;
  }

  integer(): number {
    const value = this.number();
    return Number.isInteger(value) ? value : this.#fail('an integer');
  }

  /** A text, number, boolean or null. */
  scalar(): Scalar {
    const value = this.#value;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    return typeof value === 'number'
      ? this.number()
      : this.#fail('a text, number, boolean or null');
  }

  /** A scalar that is not null. */
  item(): Exclude<Scalar, null> {
    const value = this.scalar();
    return value ?? this.#fail('a text, number or boolean');
  }

  list(): Untyped[] {
    const items: unknown = this.#value;
    if (!Array.isArray(items)) return this.#fail('a list');
    return items.map(
      (item: unknown, index) => new Untyped(item, () => `${this.#path()}[${index}]`),
    );
  }

  /** The fields of an object, by name. */
  entries(): [string, Untyped][] {
    return Object.keys(this.#object()).map((name) => [name, this.field(name)]);
  }

  #object(): object {
    const value = this.#value;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? value : this.#fail('an object');
  }

  #fail(expected: string): never {
    throw new HistoryError(`${this.#path()}: expected ${expected}, got ${brief(this.#value)}`);
  }
}

/** Enough of `value` to recognize it. It may be huge, so of most kinds only the kind. */
function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return JSON.stringify(value.length <= 40 ? value : `${value.slice(0, 39)}…`);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}
