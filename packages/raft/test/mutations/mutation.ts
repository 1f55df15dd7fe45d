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
