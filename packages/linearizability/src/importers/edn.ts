/*
 * A reader for as much EDN as histories are written in: nil, booleans, numbers, texts, characters,
 * symbols, keywords, lists, vectors, maps, sets, comments, discards, and tags, which it passes
 * over. Whatever it is given, it needs no deeper stack than NESTING_MAX.
 *
 * Source: R. Hickey, "Extensible Data Notation", github.com/edn-format/edn.
 */

import { HistoryError } from '../errors.ts';

/** What the reader makes of EDN. A keyword or a symbol is its text, the colon included. */
export type Edn = null | boolean | number | string | readonly Edn[] | EdnMap;

/** A map; its keys are mostly keywords. */
export type EdnMap = ReadonlyMap<Edn, Edn>;

const NESTING_MAX = 64;

const ATOM = /[^\s,()[\]{}";]+/y;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[NM]?$/;
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '#{': '}' };
const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  n: '\n',
  '\\': '\\',
  '"': '"',
};

/**
 * The forms of `text`, one after the other.
 *
 * @throws HistoryError if something is no EDN, cut off, nested too deeply, or a number that a
 *   double does not hold exactly; the message names the line.
 */
export function* readEdn(text: string): Iterable<Edn> {
  const reader = new Reader(text);
  while (reader.skip(0)) yield reader.form(0);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Passes over what says nothing. False at the end. */
  skip(depth: number): boolean {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) return false;
      if (this.#take('#_')) {
        this.form(depth + 1);
      } else if (character === ';') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else if (/[\s,\uFEFF]/.test(character)) {
        this.#at += 1;
      } else {
        return true;
      }
    }
  }

  form(depth: number): Edn {
    if (depth > NESTING_MAX) throw this.#error(`at most ${NESTING_MAX} levels of nesting`);
    for (;;) {
      if (!this.skip(depth)) throw this.#error('a value, got the end of the text');
      const isTag = this.#text[this.#at] === '#' && this.#text[this.#at + 1] !== '{';
      if (!isTag) return this.#value(depth);
      // What follows a tag is a value all the same.
      this.#at += 1;
      this.#atom();
    }
  }

  #value(depth: number): Edn {
    if (this.#take('"')) return this.#quoted();
    if (this.#take('\\')) return this.#character();
    for (const opener of ['(', '[', '#{']) {
      if (this.#take(opener)) return this.#items(CLOSERS[opener] ?? '', depth);
    }
    if (!this.#take('{')) return this.#scalar();
    const items = this.#items('}', depth);
    if (items.length % 2 !== 0) throw this.#error('a value for every key of a map');
    const map = new Map<Edn, Edn>();
    for (let index = 0; index < items.length; index += 2) {
      map.set(items[index] ?? null, items[index + 1] ?? null);
    }
    return map;
  }

  #items(closer: string, depth: number): Edn[] {
    const items: Edn[] = [];
    for (;;) {
      if (!this.skip(depth)) throw this.#error(`${closer}, got the end of the text`);
      if (this.#take(closer)) return items;
      items.push(this.form(depth + 1));
    }
  }

  #quoted(): string {
    let text = '';
    for (;;) {
      const character = this.#text[this.#at];
      this.#at += 1;
      if (character === undefined) throw this.#error('", got the end of the text');
      if (character === '"') return text;
      text += character === '\\' ? this.#escape() : character;
    }
  }

  #escape(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    if (character !== 'u') {
      const escaped = ESCAPES[character];
      if (escaped === undefined) throw this.#error(`an escape, got \\${character}`);
      return escaped;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error('four hexadecimal digits after \\u');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #character(): string {
    const first = this.#text[this.#at] ?? '';
    this.#at += 1;
    ATOM.lastIndex = this.#at;
    const rest = ATOM.exec(this.#text)?.[0] ?? '';
    this.#at += rest.length;
    const names: Readonly<Record<string, string>> = { newline: '\n', space: ' ', tab: '\t' };
    return names[first + rest] ?? first + rest;
  }

  #scalar(): Edn {
    const atom = this.#atom();
    if (atom === 'nil') return null;
    if (atom === 'true' || atom === 'false') return atom === 'true';
    if (!NUMBER.test(atom)) return atom;
    const value = Number(atom.replace(/[NM]$/, ''));
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw this.#error(`a number that a double holds exactly, got ${atom}`);
    }
    return value;
  }

  #atom(): string {
    ATOM.lastIndex = this.#at;
    const [atom] = ATOM.exec(this.#text) ?? [];
    if (atom === undefined) throw this.#error(`a value, got ${this.#text[this.#at] ?? 'nothing'}`);
    this.#at += atom.length;
    return atom;
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #error(expected: string): HistoryError {
    const lineNumber = this.#text.slice(0, this.#at).split('\n').length;
    return new HistoryError(`line ${lineNumber}: expected ${expected}`);
  }
}
