/** The only source of randomness. The system's, or a seeded stream. Not for secrets. */
export interface Random {
  /** An integer in 0..2^32-1, every value equally likely. */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  float(): number;
  /**
   * An integer in 0..below-1, every value equally likely.
   *
   * @param below - 1..2^32.
   * @throws RangeError if `below` is no integer in that range.
   */
  int(below: number): number;
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
  /**
   * An independent stream. For a seeded source it depends on the seed and `label` alone, not on how
   * much was drawn before, so that one user of randomness never disturbs another.
   */
  fork(label: string): Random;
}
