/**
 * A part of the script of a page without a server. Its modules run when it is called: what others
 * need of them goes to `exports`, and what they need of others comes from `require`.
 */
export type Part = (exports: object, require: (name: string) => object) => void;

/** All parts of the script of a page without a server. */
export interface Parts {
  /** Those whose scripts were loaded. */
  readonly parts: Readonly<Record<string, Part>>;
  /** What each part needs before it runs, and what that needs. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
}

declare global {
  /** There in a page without a server. */
  var corkboard: Parts | undefined;
}

/**
 * Runs a part, and before it the parts that it needs, each of them once. A part that is not there
 * yet is required by a promise alone, as an `import()` is one; it gets one of what comes by `load`.
 *
 * The text of this function goes where no module does, so it needs nothing from outside.
 */
export function runPart(
  parts: Readonly<Record<string, Part>>,
  first: string,
  load?: (name: string) => Promise<void>,
): void {
  const made: Record<string, object> = {};
  const require = (name: string): object => {
    let exports = made[name];
    if (exports === undefined) {
      if (parts[name] === undefined && load) return load(name).then(() => require(name));
      exports = made[name] = {};
      parts[name]?.(exports, require);
    }
    return exports;
  };
  require(first);
}
