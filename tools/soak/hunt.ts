/** Runs one seed of a package's simulation; rejects if a promise was broken. */
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
  readonly packageName: string;
}

/**
 * Checks the flags of a soak.
 *
 * @param flags - As given: texts, or nothing.
 * @param defaults - What a flag that is left out stands for.
 * @throws RangeError if one is not a number of its range.
 */
export function soakRequest(
  flags: { readonly [Flag in keyof SoakRequest]?: string | undefined },
  defaults: SoakRequest,
): SoakRequest {
  return {
    minutes: numberOf('minutes', flags.minutes, defaults.minutes, (n) => n > 0),
    jobs: numberOf('jobs', flags.jobs, defaults.jobs, (n) => Number.isSafeInteger(n) && n >= 1),
    firstSeed: numberOf('seed', flags.firstSeed, defaults.firstSeed, Number.isSafeInteger),
    packageName: flags.packageName ?? defaults.packageName,
  };
}

function numberOf(
  name: string,
  text: string | undefined,
  fallback: number,
  isGood: (value: number) => boolean,
): number {
  const value = text === undefined ? fallback : Number(text);
  if (text?.trim() === '' || !Number.isFinite(value) || !isGood(value)) {
    throw new RangeError(`--${name}: expected a number of its range, got "${text ?? ''}"`);
  }
  return value;
}
