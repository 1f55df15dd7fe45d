/** Breakers told apart. Names may come from requests, as those of hosts do. */
export const NAMES_MAX = 1_000;

/** What breakers beyond them are counted under. */
const OTHER_NAME = 'other';

/** The first names it hears of, and one for all the rest, so that metrics stay bounded. */
export class BoundedNames {
  readonly #names = new Set<string>();

  /** `name`, or 'other' when enough names are known. */
  boundedOf(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= NAMES_MAX) return OTHER_NAME;
    this.#names.add(name);
    return name;
  }
}
