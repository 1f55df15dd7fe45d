/*
 * What a replicated key is, with nothing saved: each write has a name of its own, and a state is
 * the set of writes that it has heard of, and the set of those that nobody has replaced. A write
 * replaces what its client had read, and nothing else.
 */

/** The name of a write; its value, too. */
export type WriteName = number;

/** A state of a key at one server. */
export class SiblingModel {
  readonly heard: ReadonlySet<WriteName>;
  readonly alive: ReadonlySet<WriteName>;

  constructor(heard: Iterable<WriteName> = [], alive: Iterable<WriteName> = []) {
    this.heard = new Set(heard);
    this.alive = new Set(alive);
  }

  /** After a write of who had read a state in which `context` was heard of. */
  put(name: WriteName, context: ReadonlySet<WriteName>): SiblingModel {
    const left = [...this.alive].filter((write) => !context.has(write));
    return new SiblingModel([...this.heard, ...context, name], [...left, name]);
  }

  /** After the other state was heard of: what either has replaced is replaced. */
  sync(other: SiblingModel): SiblingModel {
    const isAlive = (write: WriteName): boolean =>
      (this.alive.has(write) || !this.heard.has(write)) &&
      (other.alive.has(write) || !other.heard.has(write));
    const all = new Set([...this.alive, ...other.alive]);
    return new SiblingModel([...this.heard, ...other.heard], [...all].filter(isAlive));
  }
}
