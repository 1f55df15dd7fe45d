import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of this package. */
export const packageRoot: string = join(import.meta.dirname, '../..');

/** The folder of all packages. */
export const packagesRoot: string = join(packageRoot, '..');

/** A protection switched off: a scenario of the catalogue must notice. */
export interface Mutation {
  /** Number of the scenario, as its file begins. */
  readonly scenario: string;
  /** What is switched off, in a few words. */
  readonly off: string;
  /** Below the folder `packages`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replacement: string;
  /** Names of tests that must fail; at least one must, whether named or not. */
  readonly fails?: readonly string[];
}

/** `source` with the protection switched off. */
export function mutate(source: string, { file, search, replacement }: Mutation): string {
  const [before, after, ...more] = source.split(search);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new RangeError(`search: expected once in ${file}, got ${search}`);
  }
  return before + replacement + after;
}

/** What stands in the file of a mutation now. */
export function sourceOf({ file }: Mutation): string {
  return readFileSync(join(packagesRoot, file), 'utf8');
}

/** The file of the catalogue that tests scenario `number`, below the package. */
export function catalogueFile(number: string): string | undefined {
  const name = catalogueFiles().find((each) => each.startsWith(`${number}-`));
  return name === undefined ? undefined : `test/catalogue/${name}`;
}

/** Names of all files of the catalogue. */
export function catalogueFiles(): readonly string[] {
  return readdirSync(join(packageRoot, 'test/catalogue')).toSorted();
}
