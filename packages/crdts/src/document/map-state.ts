/*
 * A map: keys that hold values or containers.
 *
 * Problem: two people set up `settings` on their own, each with a theme in it. If the second
 * container replaced the first, one theme would be gone. And if one removes `settings` while the
 * other changes the theme, what is left?
 *
 * Idea: for values the last writer wins, by the events' order, see register.ts. A nested container
 * has no identity of its own: it *is* the map's key together with its type, so that whoever makes
 * sure that it is there gets the same one. Removing a key first takes out what its container
 * shows, with one event for each thing seen, and then the key. So a removal resets what was seen,
 * and what others changed meanwhile survives: a key that was removed shows its container again if
 * that is not empty.
 *
 *     ann: ensure settings; put settings.theme     both themes meet in one container, where the
 *     bob: ensure settings; put settings.theme     last writer wins
 */
import { dominatorsOf } from '../graph/version-walk.ts';
import { ENSURE, MAP_DELETE, MAP_PUT } from '../log/operation-kind.ts';
import type { Value } from '../log/value.ts';
import { corrupt } from '../wire/byte-reader.ts';
import {
  Container,
  type Content,
  emptyObject,
  impossible,
  MAP,
  type Operation,
  plain,
} from './container.ts';
import { Register } from './register.ts';
import type { StateReader, StateWriter } from './state-file.ts';

/** As the type of what a key holds in a file: a value, or nothing. */
const VALUE = 0;
const REMOVED = 6;

/** What a key holds and held. A write of `undefined` removed the key. */
interface Entry {
  readonly writes: Register<Content | undefined>;
  /** One for each type at most, in the order of types. */
  readonly nested: Container[];
}

/** See the head of the file. */
export class MapState extends Container {
  readonly type: number = MAP;
  readonly #entries = new Map<string, Entry>();

  reset(): void {
    for (const entry of this.#entries.values()) {
      entry.writes.clear();
      for (const container of entry.nested) {
        container.lv = -2;
        container.reset();
      }
    }
  }

  /** What `key` shows. */
  get(key: string): Content | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const content = entry.writes.winner?.content;
    if (content !== undefined) return content;
    return entry.nested.find((container) => !container.isEmpty());
  }

  /** The keys that show something, sorted by code units: the same on every replica. */
  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.get(key) !== undefined).sort();
  }

  /** The container of that type under `key`, shown or not: it may be one that nobody made yet. */
  nested(key: string, type: number): Container {
    const { nested } = this.#entry(key);
    const known = nested.find((container) => container.type === type);
    if (known !== undefined) return known;
    const fresh = this.host.create(type, this, key, -2);
    nested.push(fresh);
    // Which of two is shown must not depend on which came first here.
    nested.sort((left, right) => left.type - right.type);
    return fresh;
  }

  /** What was written to `key` without knowledge of each other, the winner first. */
  conflicts(key: string): { readonly lv: number; readonly content: Content | undefined }[] {
    this.host.recall();
    const { writes } = this.#entry(key).writes;
    if (writes.length < 2) return writes.slice();
    const latest = new Set(
      dominatorsOf(
        this.host.graph,
        writes.map((write) => write.lv),
      ),
    );
    return writes.filter((write) => latest.has(write.lv)).reverse();
  }

  apply(operation: Operation): void {
    const { kind, lv } = operation;
    const { key, value } = this.#read(operation);
    this.host.touch(this, key);
    let content: Content | undefined = value;
    if (kind === ENSURE) {
      content = this.nested(key, typeof value === 'number' ? value : 0);
      this.host.name(lv, content);
    }
    this.#entry(key).writes.add(this.host.graph, lv, content);
  }

  revoke(operation: Operation, isRevoked: boolean): void {
    const { key } = this.#read(operation);
    this.host.touch(this, key);
    this.#entry(key).writes.revoke(this.host.graph, operation.lv, isRevoked);
  }

  /** Writes a value; what a container there shows is taken out first. */
  put(key: string, value: Value): void {
    this.#clearKey(key);
    this.host.emit(this, MAP_PUT, 1, -1, -1, -1, [[key, value]]);
  }

  /** Makes sure that `key` holds an empty container of a type. */
  make(key: string, type: number): Container {
    this.#clearKey(key);
    const container = this.nested(key, type);
    container.clear();
    this.host.attach(container);
    return container;
  }

  /** Removes `key`, and all that is seen in it. */
  remove(key: string): void {
    if (this.get(key) === undefined) return;
    this.#clearKey(key);
    this.host.emit(this, MAP_DELETE, 1, -1, -1, -1, [key]);
  }

  isEmpty(): boolean {
    for (const key of this.#entries.keys()) if (this.get(key) !== undefined) return false;
    return true;
  }

  clear(): void {
    for (const key of this.keys()) this.remove(key);
  }

  look(part: unknown): unknown {
    return typeof part === 'string' ? this.get(part) : undefined;
  }

  write(into: StateWriter): void {
    const { bytes } = into;
    const keys = [...this.#entries.keys()].sort().filter((key) => {
      const { writes, nested } = this.#entry(key);
      return writes.winner !== undefined || nested.some((container) => into.isNamed(container));
    });
    bytes.varint(keys.length);
    for (const key of keys) {
      const { writes, nested } = this.#entry(key);
      const named = nested.filter((container) => into.isNamed(container));
      into.value(key);
      bytes.varint(named.length);
      for (const container of named) {
        bytes.u8(container.type);
        into.container(container);
      }
      const { winner } = writes;
      into.event(winner?.lv ?? -1);
      if (winner === undefined) continue;
      const { content } = winner;
      if (content === undefined) bytes.u8(REMOVED);
      else if (content instanceof Container) bytes.u8(content.type);
      else {
        bytes.u8(VALUE);
        into.value(content);
      }
    }
  }

  read(from: StateReader): void {
    for (let count = from.bytes.count(); count > 0; count -= 1) {
      const key = from.value();
      if (typeof key !== 'string' || this.#known(key)) throw corrupt('another key', typeof key);
      for (let nested = from.bytes.count(); nested > 0; nested -= 1) {
        from.container(this.nested(key, from.bytes.u8()));
      }
      const lv = from.event();
      if (lv < 0) continue;
      const type = from.bytes.u8();
      let content: Content | undefined;
      if (type === VALUE) content = from.value();
      else if (type !== REMOVED) content = this.nested(key, type);
      this.#entry(key).writes.add(this.host.graph, lv, content);
    }
  }

  toJSON(): unknown {
    const json = emptyObject();
    for (const key of this.keys()) json[key] = plain(this.get(key) ?? null);
    return json;
  }

  /** Whether anything was written to `key` or nested in it. */
  #known(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    return entry.writes.winner !== undefined || entry.nested.some(({ lv }) => lv !== -2);
  }

  #clearKey(key: string): void {
    const content = this.get(key);
    if (content instanceof Container) content.clear();
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { writes: new Register(), nested: [] };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #read({ kind, value }: Operation): { readonly key: string; readonly value: Value | undefined } {
    const read = this.host.log.values[value];
    const isPair = kind === MAP_PUT || kind === ENSURE;
    const pair: readonly Value[] = isPair && Array.isArray(read) ? read : [];
    const key = isPair ? pair[0] : read;
    if (typeof key !== 'string' || (isPair ? pair.length !== 2 : kind !== MAP_DELETE)) {
      throw impossible(kind, 'a key of this map');
    }
    return { key, value: isPair ? pair[1] : undefined };
  }
}
