/** What clients of a load ask for, and how much of each. */
import * as v from 'valibot';

/** What is asked for: an edit of a board, a read of one, or a key of the configuration. */
export const operationKinds = ['edit', 'read', 'config'] as const;

/** One of them. */
export type OperationKind = (typeof operationKinds)[number];

/** How much of each; whatever the sum. */
export type LoadMix = Readonly<Record<OperationKind, number>>;

const PART_MAX = 1_000_000;
const part = v.pipe(v.number(), v.minValue(0), v.maxValue(PART_MAX));

/** The data of a mix. */
export const loadMixSchema = v.pipe(
  v.strictObject({ edit: part, read: part, config: part }),
  v.check(({ edit, read, config }) => edit + read + config > 0, 'expected more than nothing'),
);

/** Mixes worth a name. */
export const loadMixes = {
  /** Keys only, half of them written and half read: all of it is held to a single copy. */
  config: { edit: 0, read: 0, config: 100 },
  /** As people use boards. */
  boards: { edit: 70, read: 25, config: 5 },
  /** Many look, few write. */
  reading: { edit: 5, read: 90, config: 5 },
  /** Everybody writes at once. */
  writing: { edit: 90, read: 5, config: 5 },
} as const satisfies Readonly<Record<string, LoadMix>>;

/** The name of a mix worth one. */
export type LoadMixName = keyof typeof loadMixes;

/** All of them. */
export const loadMixNames = Object.keys(loadMixes) as readonly LoadMixName[];

/** What a load asks for until it is told otherwise. */
export const defaultMix: LoadMix = loadMixes.config;

/** The name of the mix with the same shares; undefined if it has none. */
export function nameOfMix(mix: LoadMix): LoadMixName | undefined {
  return loadMixNames.find((name) =>
    operationKinds.every((kind) => shareOf(mix, kind) === shareOf(loadMixes[name], kind)),
  );
}

/** The mix of so many requests per second of each kind; undefined if there are none. */
export function mixOfRates(rates: {
  readonly edits: number;
  readonly reads?: number | undefined;
  readonly config: number;
}): LoadMix | undefined {
  const mix = { edit: rates.edits, read: rates.reads ?? 0, config: rates.config };
  return mix.edit + mix.read + mix.config > 0 ? mix : undefined;
}

/** The share of one kind, 0..1. */
export function shareOf(mix: LoadMix, kind: OperationKind): number {
  return mix[kind] / sumOf(mix);
}

function sumOf(mix: LoadMix): number {
  return operationKinds.reduce((sum, kind) => sum + mix[kind], 0);
}

/** The kind at `position`, 0..1 without the end, if all kinds lie side by side in their shares. */
export function kindAt(mix: LoadMix, position: number): OperationKind {
  let left = position * sumOf(mix);
  for (const kind of operationKinds) {
    left -= mix[kind];
    if (left < 0) return kind;
  }
  // Parts that do not quite add up.
  return operationKinds.findLast((kind) => mix[kind] > 0) ?? 'config';
}

/** Its name, or its parts. */
export function mixText(mix: LoadMix): string {
  return nameOfMix(mix) ?? operationKinds.map((kind) => `${kind}=${mix[kind]}`).join();
}
