/**
 * A part of the script of a page without a server. Its modules run when it is called: what others
 * need of them goes to `exports`, and what they need of others comes from `require`.
 */
export type Part = (exports: object, require: (name: string) => object) => void;

declare global {
  /** The parts that were loaded, in a page without a server. */
  var corkboard: Readonly<Record<string, Part>> | undefined;
}

/**
 * Runs a part, and before it the parts that it needs, each of them once.
 *
 * The text of this function goes where no module does, so it needs nothing from outside.
 */
export function runPart(parts: Readonly<Record<string, Part>>, first: string): void {
  const made: Record<string, object> = {};
  const require = (name: string): object => {
    let exports = made[name];
    if (exports === undefined) {
      exports = made[name] = {};
      parts[name]?.(exports, require);
    }
    return exports;
  };
  require(first);
}
