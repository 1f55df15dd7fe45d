/** Runs one seed; rejects if a promise was broken. */
export type RunSeed = (seed: number) => Promise<unknown>;

/** What one hunter does. */
export interface Hunt {
  readonly runSeed: RunSeed;
  /** The first seed, and the way to the next: hunters of one hunt take turns. */
  readonly firstSeed: number;
  readonly stride: number;
  /** Asked before each seed. */
  readonly isOver: () => boolean;
  /** Told after each seed that held. */
  readonly onHeld: (seed: number) => void;
}

/** The seed that broke a promise, and how. */
export interface Catch {
  readonly seed: number;
  readonly error: unknown;
}

/** Runs seed after seed until one fails or the hunt is over. */
export async function hunt(options: Hunt): Promise<Catch | undefined> {
  for (let seed = options.firstSeed; !options.isOver(); seed += options.stride) {
    try {
      await options.runSeed(seed);
    } catch (error) {
      return { seed, error };
    }
    options.onHeld(seed);
  }
  return undefined;
}

/** What the command line of a soak asks for. */
export interface SoakRequest {
  readonly minutes: number;
  readonly jobs: number;
  readonly firstSeed: number;
  /** How many seeds at most; unlimited if undefined. */
  readonly seedCount: number | undefined;
  /** How many nodes every run has; drawn if undefined. */
  readonly nodeCount: number | undefined;
  /** The one package to run; all of them if undefined. */
  readonly packageName: string | undefined;
}

/** The flags of a soak as they were given. */
type SoakFlags = { readonly [Flag in keyof SoakRequest]?: string | undefined };

/**
 * Checks the flags of a soak.
 *
 * @param flags - As given: texts, or nothing.
 * @param defaults - What a flag that is left out stands for.
 * @throws RangeError if one is not a number of its range.
 */
export function soakRequest(flags: SoakFlags, defaults: SoakRequest): SoakRequest {
  return {
    minutes: numberOf('minutes', flags.minutes, (n) => n > 0) ?? defaults.minutes,
    jobs: numberOf('jobs', flags.jobs, isCount) ?? defaults.jobs,
    firstSeed: numberOf('seed', flags.firstSeed, Number.isSafeInteger) ?? defaults.firstSeed,
    seedCount: numberOf('seeds', flags.seedCount, isCount) ?? defaults.seedCount,
    nodeCount: numberOf('nodes', flags.nodeCount, isCount) ?? defaults.nodeCount,
    packageName: flags.packageName ?? defaults.packageName,
  };
}

/** The seeds of one of `jobs` hunters that take turns, out of `seedCount`. */
export function shareOf(seedCount: number, jobs: number, index: number): number {
  return Math.ceil((seedCount - index) / jobs);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function numberOf(
  name: string,
  text: string | undefined,
  isGood: (value: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || !isGood(value)) {
    throw new RangeError(`--${name}: expected a number of its range, got "${text}"`);
  }
  return value;
}
